/** How the tests sign in: at the server, with the local issuer in GitHub's place. */
import { localToken, startLocalIssuer } from "../scripts/local-issuer.ts";
import type { Role } from "../src/session.ts";
import { signInAs } from "./oauth-sign-in.ts";
import type { SignIn } from "./sign-in.ts";
import { storageEnvironment } from "./token-storage.ts";

const issuer = await startLocalIssuer();

export const authEnvironment = {
  OAUTH_CLIENT_ID: "test-client",
  OAUTH_CLIENT_SECRET: "test-secret",
  OAUTH_AUTHORIZE_URL: `${issuer.url}/authorize`,
  OAUTH_TOKEN_URL: `${issuer.url}/token`,
  OAUTH_USER_URL: `${issuer.url}/user`,
  OAUTH_SIGNING_KEY: "test-signing-key",
  OAUTH_ENCRYPTION_KEY: "test-encryption-key",
  OAUTH_ADMINS: "admin",
  ...storageEnvironment,
};

/** What goes into MCP_TOKEN of a stdio server. */
export function stdioToken(role: Role): Promise<string> {
  return Promise.resolve(localToken(role));
}

export const signIn: SignIn = async (serverUrl, role) => ({
  authorization: `Bearer ${await signInAs(serverUrl, role)}`,
});

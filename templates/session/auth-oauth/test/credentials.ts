/** How the tests sign in: as the SDK's client does it, with the local issuer in GitHub's place. */
import { auth, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { localToken, startLocalIssuer } from "../scripts/local-issuer.ts";
import type { Role } from "../src/session.ts";
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

/** All steps of a sign-in at this server. */
export const signIn: SignIn = async (serverUrl, role) => {
  const client = new TestOAuthClient();
  await auth(client, { serverUrl });
  if (client.authorizationUrl === undefined) throw new Error("the client was not sent to sign in");
  const authorizationCode = await approve(client.authorizationUrl, role);
  await auth(client, { serverUrl, authorizationCode });
  return { authorization: `Bearer ${client.tokens()?.access_token ?? ""}` };
};

/** What the person does in the browser: agree to the client, sign in at the provider, be sent back. */
export async function approve(authorizationUrl: URL, login: string): Promise<string> {
  const consent = await (await fetch(authorizationUrl)).text();
  const transaction = /name="transaction_id" value="([^"]+)"/.exec(consent)?.[1] ?? "";
  const agreed = await fetch(new URL("/oauth/consent", authorizationUrl), {
    method: "POST",
    body: new URLSearchParams({ transaction_id: transaction, action: "approve" }),
    redirect: "manual",
  });
  const provider = locationOf(agreed);
  provider.searchParams.set("login", login);
  const callback = locationOf(await fetch(provider, { redirect: "manual" }));
  const back = locationOf(await fetch(callback, { redirect: "manual" }));
  return back.searchParams.get("code") ?? "";
}

function locationOf(response: Response): URL {
  return new URL(response.headers.get("location") ?? "");
}

/** Keeps what the SDK wants kept, and the page that it would open. */
class TestOAuthClient implements OAuthClientProvider {
  authorizationUrl: URL | undefined;
  readonly redirectUrl = "http://127.0.0.1:1/callback";
  readonly clientMetadata = { client_name: "test-client", redirect_uris: [this.redirectUrl] };
  #client: OAuthClientInformationMixed | undefined;
  #tokens: OAuthTokens | undefined;
  #verifier = "";

  clientInformation = (): OAuthClientInformationMixed | undefined => this.#client;
  saveClientInformation = (client: OAuthClientInformationMixed): void => void (this.#client = client);
  tokens = (): OAuthTokens | undefined => this.#tokens;
  saveTokens = (tokens: OAuthTokens): void => void (this.#tokens = tokens);
  codeVerifier = (): string => this.#verifier;
  saveCodeVerifier = (verifier: string): void => void (this.#verifier = verifier);
  redirectToAuthorization = (url: URL): void => void (this.authorizationUrl = url);
}

/**
 * OAuth: FastMCP's provider signs callers in at GitHub, or at whatever .env names, and gives them tokens of this server.
 * Over stdio there is nobody to sign in: MCP_TOKEN is an access token of the provider itself.
 */
import { OAuthProvider } from "fastmcp/auth";
import type { Environment } from "./environment.ts";
import { readOAuthSettings } from "./oauth-settings.ts";
import { openTokenStorage } from "./token-storage.ts";
import { UserLookup } from "./user-lookup.ts";
import { InvalidToken, type TokenVerifier } from "./users.ts";

/** Clients that run on the user's machine listen on a port of it. */
const localRedirects = ["http://localhost:*", "http://127.0.0.1:*"];
/** VS Code and Cursor name these beside a local port when they register, and are refused if one of them is. */
const editorRedirects = [
  "http://127.0.0.1/",
  "https://vscode.dev/redirect",
  "https://insiders.vscode.dev/redirect",
  "cursor://anysphere.cursor-mcp/oauth/callback",
  "https://www.cursor.com/agents/mcp/oauth/callback",
];

export function createTokenVerifier(environment: Environment): TokenVerifier {
  const settings = readOAuthSettings(environment);
  const provider = new OAuthProvider({
    baseUrl: settings.publicUrl,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    authorizationEndpoint: settings.authorizeUrl,
    tokenEndpoint: settings.tokenUrl,
    scopes: [...settings.scopes],
    allowedRedirectUriPatterns: [...localRedirects, ...editorRedirects, ...settings.redirects],
    // Made up by FastMCP if they are not given; then nobody would be signed in any more after a restart.
    jwtSigningKey: settings.signingKey,
    encryptionKey: settings.encryptionKey,
    tokenStorage: openTokenStorage(environment),
  });
  const users = new UserLookup(settings.userUrl);

  async function accessTokenOf(token: string): Promise<string> {
    const tokens = await provider.getProxy().loadUpstreamTokens(token);
    if (tokens === null) throw new InvalidToken("the token is unknown or has expired");
    return tokens.accessToken;
  }

  return {
    // Tells a client where it learns how to sign in (RFC 9728).
    challenge: { resource_metadata: `${settings.publicUrl}/.well-known/oauth-protected-resource` },
    oauth: provider.getOAuthConfig(),
    verify: async (token, transport) => {
      const login = await users.loginOf(transport === "http" ? await accessTokenOf(token) : token);
      return { user: login, role: settings.admins.has(login) ? "admin" : "user" };
    },
  };
}

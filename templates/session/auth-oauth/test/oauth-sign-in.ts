/** A sign-in as the SDK's client does it, with a person who agrees to everything. */
import { auth, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

/** Answers with an access token of the server, for the user whom the local issuer knows by that login. */
export async function signInAs(serverUrl: URL, login: string): Promise<string> {
  const client = new TestOAuthClient();
  await auth(client, { serverUrl });
  if (client.authorizationUrl === undefined) throw new Error("the client was not sent to sign in");
  const authorizationCode = await approve(client.authorizationUrl, login);
  await auth(client, { serverUrl, authorizationCode });
  return client.tokens()?.access_token ?? "";
}

/** What the person does in the browser: agree to the client, sign in at the provider, be sent back. */
async function approve(authorizationUrl: URL, login: string): Promise<string> {
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

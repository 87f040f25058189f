/** Tells a server whose callers sign in through a browser from one that takes a token of the project's own. */
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** The server wants a token that only a sign-in gives. */
export class SignInError extends StreamableHTTPError {}

/** @throws SignInError where the answer says where to sign in (RFC 9728, section 5.1). */
export async function fetchOrSignIn(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (response.status !== 401 || !/\bresource_metadata\s*=/i.test(challenge)) return response;
  throw new SignInError(401, `Error POSTing to endpoint: ${await response.text()}`);
}

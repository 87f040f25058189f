/** A child does not let a session in that it had with the child before. */
import { isOfCredentials } from "./http-headers.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";

/** The child answered a restored `initialize` with an HTTP error, which is then the client's answer. */
export class RestoreRefusedError extends Error {
  override readonly name = "RestoreRefusedError";
  readonly response: UpstreamAnswer;
  readonly body: Buffer;
  /** What it was asked with. */
  readonly authorization: string | undefined;

  constructor(response: UpstreamAnswer, body: Buffer, authorization: string | undefined) {
    super(`the server refused to restore the session: HTTP ${response.statusCode}`);
    this.response = response;
    this.body = body;
    this.authorization = authorization;
  }

  /** With other credentials the child might do it. */
  get isOfCredentials(): boolean {
    return isOfCredentials(this.response);
  }
}

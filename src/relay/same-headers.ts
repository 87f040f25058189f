/** The headers of a session's requests on their way to a child: from one request to the next they are mostly the same. */
import { headerLines, passedHeaders, sessionIdHeader, type RawHeaders } from "./http-headers.ts";

export class SameHeaders {
  #raw: RawHeaders = [];
  #sessionId: string | undefined;
  #lines = "";

  /**
   * The lines of what goes on of a request's headers, with the child's id of the session.
   * @throws TypeError if that is no HTTP.
   */
  linesOf(raw: RawHeaders, sessionId: string): string {
    if (sessionId === this.#sessionId && isSame(raw, this.#raw)) return this.#lines;
    this.#lines = headerLines(passedHeaders(raw, { [sessionIdHeader]: sessionId }));
    this.#raw = raw;
    this.#sessionId = sessionId;
    return this.#lines;
  }
}

/** But for the length of the body, which does not go on. */
function isSame(one: RawHeaders, other: RawHeaders): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 2) {
    const name = one[index] ?? "";
    if (name !== other[index]) return false;
    if (one[index + 1] !== other[index + 1] && name.toLowerCase() !== "content-length") return false;
  }
  return true;
}

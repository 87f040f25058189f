/** A child closes the connection of a request that it has not answered, and goes on serving. */

/** From here on the request may be too large; smaller ones every server takes. */
const largeBytes = 1_000_000;

export class UnansweredError extends Error {
  override readonly name = "UnansweredError";

  /** @param bytes of the request. */
  constructor(bytes: number, options: ErrorOptions) {
    const size = `the request has ${(bytes / 1_000_000).toFixed(1)} MB, which may be more than it accepts`;
    const why = "the server closed the connection without an answer";
    super(bytes < largeBytes ? why : `${why}; ${size}`, options);
  }
}

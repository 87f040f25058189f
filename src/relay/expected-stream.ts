/**
 * The stream of a client that has just said `initialized`: clients open it next, and send their first request over another
 * connection at the same time. A server asks through the stream and is not heard if the request wins.
 */

/** How long the client may take. */
const delayMs = 50;

export class ExpectedStream {
  #coming: Promise<void> | undefined;
  #came: () => void = () => undefined;

  /** Resolves when the client has opened its stream, or takes too long; `undefined` if none is expected. */
  get coming(): Promise<void> | undefined {
    return this.#coming;
  }

  expect(): void {
    this.#coming = new Promise((resolve) => {
      const timer = setTimeout(() => this.#came(), delayMs);
      this.#came = () => {
        clearTimeout(timer);
        this.#coming = undefined;
        resolve();
      };
    });
  }

  came(): void {
    this.#came();
  }
}

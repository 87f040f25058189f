/** Standard input as long as nobody knows whether a client speaks there: reads on, and hands over what has come. */
import { Readable } from "node:stream";

/** More is left in the pipe. */
const heldMaxBytes = 1024 * 1024;

export class EarlyInput {
  readonly #input: Readable;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #hasEnded = false;
  #resolveSpoken: () => void = () => undefined;
  /** Resolves when somebody has said something. */
  readonly spoken: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  /** Resolves at the end of the input, if it is known by then that somebody spoke. */
  readonly ended: Promise<void>;

  constructor(input: Readable) {
    this.#input = input;
    this.spoken = new Promise((resolve) => (this.#resolveSpoken = resolve));
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    input.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onEnd);
  }

  /** The input from its beginning. It is read no further until somebody reads what is returned. */
  handOver(): Readable {
    this.close();
    if (this.#hasEnded) return Readable.from(this.#chunks);
    if (this.#size > 0) this.#input.unshift(Buffer.concat(this.#chunks));
    return this.#input;
  }

  /** Nobody is interested: the input keeps nothing alive. */
  close(): void {
    const input = this.#input;
    input.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onEnd);
    input.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= heldMaxBytes) this.#input.pause();
    this.#resolveSpoken();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#size > 0) this.#resolveEnded();
  };
}

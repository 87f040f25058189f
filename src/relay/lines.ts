/** Cuts a byte stream into lines: the framing of the stdio transport (one message a line, no line feed inside). */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class LineSplitter {
  readonly #onLine: (line: string) => void;
  /** The pieces of a line whose end has not come yet. Joined once: a 10 MB message arrives in 160 pieces. */
  #pieces: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    if (this.#pieces.length === 0 && chunk[chunk.length - 1] === lineFeed) {
      this.#emitAll(chunk.toString("utf8"));
      return;
    }
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#emit(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }

  /** The stream is over: what has no line feed is a line too. */
  end(): void {
    if (this.#pieces.length > 0) this.#emit(Buffer.alloc(0));
  }

  /** Most chunks are whole lines: to decode them together costs less. */
  #emitAll(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      this.#onLine(text.slice(start, text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end));
      start = end + 1;
    }
  }

  #emit(tail: Buffer): void {
    const bytes = this.#pieces.length === 0 ? tail : Buffer.concat([...this.#pieces, tail]);
    this.#pieces = [];
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    this.#onLine(bytes.toString("utf8", 0, end));
  }
}

/**
 * A child's answer: its head is there, its body comes. A stream of Node's would do, and costs more than all else that
 * becomes of a small answer.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { AnswerHead } from "./answer-head.ts";
import type { RawHeaders } from "./http-headers.ts";

/** Takes a body as it comes. Of `end` and `broken` one is called, once, and nothing after it. */
export type BodySink = {
  readonly data: (part: Buffer) => void;
  readonly end: () => void;
  /** The connection broke before the body was complete. */
  readonly broken: (error: Error) => void;
};

/** Of a body that nobody reads yet, so much is kept. */
const mostHeldBytes = 64 * 1024;

export class UpstreamAnswer {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly rawHeaders: RawHeaders;
  isPaused = false;
  readonly #head: AnswerHead;
  readonly #onPause: (isPaused: boolean) => void;
  #sink: BodySink | undefined;
  #isDiscarded = false;
  /** What came before anybody read. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #over: "complete" | Error | undefined;

  /** @param onPause the connection is to be read no further for the moment, or again. */
  constructor(head: AnswerHead, onPause: (isPaused: boolean) => void) {
    this.statusCode = head.status;
    this.statusMessage = head.statusText;
    this.rawHeaders = head.rawHeaders;
    this.#head = head;
    this.#onPause = onPause;
  }

  /** By their names in lower case; of several with one name, the first. */
  get headers(): IncomingHttpHeaders {
    return this.#head.headers;
  }

  /** Nothing comes any more. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** To be called once, unless the rest is discarded. What has come already is told before this returns. */
  read(sink: BodySink): void {
    this.#sink = sink;
    for (const part of this.#held.splice(0)) sink.data(part);
    if (this.#over === "complete") sink.end();
    else if (this.#over !== undefined) sink.broken(this.#over);
    else if (this.#heldBytes > mostHeldBytes) this.resume();
  }

  /** The whole body. Rejects when it breaks off. */
  body(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      this.read({
        data: (part) => parts.push(part),
        end: () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)),
        broken: reject,
      });
    });
  }

  /**
   * Nobody wants the body, or the rest of it: whoever reads it hears no more, not even its end. It is read all the same,
   * so that the connection can be used again or its end is noticed.
   */
  discard(): void {
    this.#isDiscarded = true;
    this.read({ data: () => undefined, end: () => undefined, broken: () => undefined });
    if (this.isPaused) this.resume();
  }

  /** Reads no more from the connection for the moment; of what was read a rest may still come. */
  pause(): void {
    if (this.#isDiscarded) return;
    this.isPaused = true;
    this.#onPause(true);
  }

  resume(): void {
    this.isPaused = false;
    this.#onPause(false);
  }

  /** For the connection: a part of the body has come. */
  push(part: Buffer): void {
    if (this.#sink !== undefined) {
      this.#sink.data(part);
      return;
    }
    this.#held.push(part);
    this.#heldBytes += part.length;
    if (this.#heldBytes > mostHeldBytes) this.pause();
  }

  /** For the connection: the body is complete. */
  end(): void {
    this.#over = "complete";
    this.#sink?.end();
  }

  /** For the connection: no more will come of the body. */
  break(error: Error): void {
    this.#over = error;
    this.#sink?.broken(error);
  }
}

/** Reads one HTTP/1.1 answer from the bytes of a connection (RFC 9112): its head, its body without the framing, its end. */
import { AnswerHead, NoHttpError } from "./answer-head.ts";

export type AnswerSink = {
  readonly head: (head: AnswerHead) => void;
  readonly body: (part: Buffer) => void;
  readonly end: () => void;
};

type State = "head" | "fixed" | "chunkSize" | "chunk" | "chunkEnd" | "trailer" | "untilClose" | "done";

/** As much as a head, or the line before a chunk, may be long. */
const maxHeadBytes = 256 * 1024;

/** Lengths of so many digits are read at once. */
const quickDigits = 8;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export class AnswerParser {
  readonly #method: string;
  readonly #sink: AnswerSink;
  readonly #before: AnswerHead | undefined;
  #state: State = "head";
  /** The beginning of a head or a line, of which the end has not come. */
  #rest: Buffer | undefined;
  /** Bytes of the body, or of this chunk, that are still to come. */
  #left = 0;
  #staysOpen = false;
  /** How long the server keeps an idle connection, in ms; undefined if it does not say. */
  keepAliveMs: number | undefined;

  /**
   * @param method of the request that this answers: the answer to HEAD has no body.
   * @param before the head of another answer, which most are the same as.
   */
  constructor(method: string, sink: AnswerSink, before?: AnswerHead) {
    this.#method = method;
    this.#sink = sink;
    this.#before = before;
  }

  /** The answer is complete, and the connection can take another request. */
  get isReusable(): boolean {
    return this.#state === "done" && this.#staysOpen;
  }

  /** @throws NoHttpError if that cannot be part of an answer. */
  push(data: Buffer): void {
    let left: Buffer | undefined = data;
    if (this.#rest !== undefined) {
      left = Buffer.concat([this.#rest, data]);
      this.#rest = undefined;
    }
    while (left !== undefined && left.length > 0) left = this.#take(left);
  }

  /** The server has closed the connection. @returns whether the answer is complete. */
  close(): boolean {
    if (this.#state === "untilClose") this.#finish();
    return this.#state === "done";
  }

  /** @returns what is not taken yet; undefined if more must come first. */
  #take(data: Buffer): Buffer | undefined {
    switch (this.#state) {
      case "head":
        return this.#takeUpTo("\r\n\r\n", data, (text) => this.#head(text));
      case "fixed":
        return this.#takeBody(data, () => this.#finish());
      case "chunkSize":
        return this.#takeSize(data);
      case "chunk":
        return this.#takeBody(data, () => (this.#state = "chunkEnd"));
      case "chunkEnd":
        return this.#takeLine(data, (text) => {
          if (text !== "") throw new NoHttpError("a chunk of the answer is longer than it says");
          this.#state = "chunkSize";
        });
      case "trailer":
        return this.#takeLine(data, (text) => {
          if (text === "") this.#finish();
        });
      case "untilClose":
        this.#sink.body(data);
        return undefined;
      case "done":
        throw new NoHttpError("the server sent more than its answer");
    }
  }

  #takeUpTo(mark: string, data: Buffer, take: (text: string) => void): Buffer | undefined {
    const end = data.indexOf(mark, 0, "latin1");
    if (end === -1) {
      if (data.length > maxHeadBytes) throw new NoHttpError("the head of the answer is too long");
      this.#rest = data;
      return undefined;
    }
    take(data.toString("latin1", 0, end));
    return data.subarray(end + mark.length);
  }

  /** Most lines between chunks are empty. */
  #takeLine(data: Buffer, take: (text: string) => void): Buffer | undefined {
    if (data[0] !== carriageReturn || data[1] !== lineFeed) return this.#takeUpTo("\r\n", data, take);
    take("");
    return data.subarray(2);
  }

  /** Most lengths are a few digits and nothing else. */
  #takeSize(data: Buffer): Buffer | undefined {
    let size = 0;
    let at = 0;
    for (; at < quickDigits; at++) {
      const digit = hexDigit(data[at]);
      if (digit === undefined) break;
      size = size * 16 + digit;
    }
    if (at === 0 || data[at] !== carriageReturn || data[at + 1] !== lineFeed)
      return this.#takeUpTo("\r\n", data, (text) => this.#chunkSize(text));
    this.#beginChunk(size);
    return data.subarray(at + 2);
  }

  #takeBody(data: Buffer, done: () => void): Buffer {
    const part = data.length > this.#left ? data.subarray(0, this.#left) : data;
    this.#left -= part.length;
    this.#sink.body(part);
    if (this.#left === 0) done();
    return data.subarray(part.length);
  }

  #head(text: string): void {
    const head = this.#before?.text === text ? this.#before : new AnswerHead(text);
    // RFC 9110, section 15.2: an interim answer; the real one follows.
    if (head.status < 200) return;
    this.keepAliveMs = head.keepAliveMs;
    this.#frame(head);
    this.#staysOpen = this.#state !== "untilClose" && !head.closes;
    this.#sink.head(head);
    if (this.#state === "fixed" && this.#left === 0) this.#finish();
  }

  /** RFC 9112, section 6.3. */
  #frame({ status, length, coding }: AnswerHead): void {
    this.#left = 0;
    if (this.#method === "HEAD" || status === 204 || status === 304) this.#state = "fixed";
    else if (coding !== undefined)
      this.#state = /(?:^|[\s,])chunked$/.test(coding) ? "chunkSize" : "untilClose";
    else if (length === undefined) this.#state = "untilClose";
    else {
      this.#state = "fixed";
      this.#left = length;
    }
  }

  #chunkSize(text: string): void {
    const size = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(text)?.[1];
    if (size === undefined) throw new NoHttpError("a chunk of the answer has no length");
    this.#beginChunk(Number.parseInt(size, 16));
  }

  #beginChunk(size: number): void {
    this.#left = size;
    this.#state = size === 0 ? "trailer" : "chunk";
  }

  #finish(): void {
    this.#state = "done";
    this.#sink.end();
  }
}

function hexDigit(code: number | undefined): number | undefined {
  if (code === undefined) return undefined;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

/**
 * A connection to a child: one request at a time, and its answer. Does for a loopback address and a server of Node's
 * what Node's own client does for any, at a quarter of the cost, which is most of what a call costs on its way through.
 */
import type { IncomingMessage } from "node:http";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerParser } from "./answer-parser.ts";
import { ChildSocket } from "./child-socket.ts";
import type { Leaving } from "./departure.ts";
import { headerLines, type RawHeaders } from "./http-headers.ts";
import { UpstreamAnswer } from "./upstream-answer.ts";

export type UpstreamRequest = {
  readonly method: string;
  readonly path: string;
  /** Or their lines, as `headerLines` writes them. */
  readonly headers: RawHeaders | string;
  /** A whole body, a stream of one, or none. */
  readonly body?: Buffer | IncomingMessage;
  /** When whoever asks has left: the request is broken off. */
  readonly signal?: Leaving;
  /** Nobody waits for the end of its answer. */
  readonly isEndless?: boolean;
};

/** The server closes an idle connection at about the time that it says: one that is used then may be lost. */
const keepAliveMarginMs = 1000;
/** A shorter body is copied behind its head, which costs less than a second part of a write. */
const copiedBytes = 16 * 1024;
const hostLine = /^host:/im;
const invalidPath = /[^\x21-\xff]/;

type Exchange = {
  readonly isEndless: boolean;
  readonly parser: AnswerParser;
  readonly resolve: (answer: UpstreamAnswer) => void;
  readonly reject: (error: Error) => void;
  answer: UpstreamAnswer | undefined;
  /** The whole request is written. */
  isSent: boolean;
  /** The answer is complete, before the request is. */
  isAnswered: boolean;
  readonly settle: () => void;
};

export class HttpConnection {
  readonly #port: number;
  readonly #socket: ChildSocket;
  readonly #onIdle: (connection: HttpConnection) => void;
  #exchange: Exchange | undefined;
  /** Of the last answer. */
  #head: AnswerHead | undefined;
  #error: Error | undefined;
  #endedWell = false;
  /** When the server may close it, in ms of `performance.now()`. */
  #usableUntil = Infinity;

  /** @param onIdle called each time it can be used again. @param onClosed called once. */
  constructor(
    port: number,
    onIdle: (connection: HttpConnection) => void,
    onClosed: (connection: HttpConnection) => void,
  ) {
    this.#port = port;
    this.#onIdle = onIdle;
    this.#socket = new ChildSocket(port, (error) => (this.#error ??= error));
    this.#socket.on("data", (chunk) => this.#received(chunk));
    this.#socket.on("error", (error) => (this.#error = error));
    this.#socket.on("end", () => (this.#endedWell = true));
    this.#socket.on("close", () => {
      this.#closed();
      onClosed(this);
    });
  }

  get isUsable(): boolean {
    const isOpen = !this.#socket.destroyed && !this.#endedWell && this.#error === undefined;
    return isOpen && performance.now() < this.#usableUntil;
  }

  /** What is under way is an answer whose end nobody waits for. */
  get isEndless(): boolean {
    return this.#exchange?.isEndless === true && this.#exchange.answer?.statusCode === 200;
  }

  /**
   * Resolves with the head of the answer. Rejects when the child cannot be reached or goes away before, when
   * `signal` is aborted, and with a TypeError if the request cannot be written as HTTP.
   */
  send({ method, path, headers, body, signal, isEndless = false }: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      let head: string;
      try {
        head = headOf(this.#port, method, path, headers, body);
      } catch (error) {
        this.#onIdle(this);
        throw error;
      }
      const abort = (): void => this.destroy();
      signal?.addEventListener("abort", abort);
      const exchange: Exchange = {
        isEndless,
        parser: new AnswerParser(
          method,
          {
            head: (answerHead) => this.#answered(exchange, answerHead),
            body: (part) => exchange.answer?.push(part),
            end: () => this.#completed(exchange),
          },
          this.#head,
        ),
        resolve,
        reject,
        answer: undefined,
        isSent: false,
        isAnswered: false,
        settle: () => signal?.removeEventListener("abort", abort),
      };
      this.#exchange = exchange;
      this.#write(exchange, head, body);
    });
  }

  /** Breaks off what is under way. */
  destroy(): void {
    this.#socket.destroy();
  }

  #write(exchange: Exchange, head: string, body: UpstreamRequest["body"]): void {
    if (body !== undefined && !Buffer.isBuffer(body)) {
      this.#socket.write(head, "latin1");
      this.#pour(exchange, body);
      return;
    }
    exchange.isSent = true;
    if (body === undefined || body.length === 0) this.#socket.write(head, "latin1");
    else if (body.length <= copiedBytes) {
      const whole = Buffer.allocUnsafe(head.length + body.length);
      whole.write(head, "latin1");
      body.copy(whole, head.length);
      this.#socket.write(whole);
    } else {
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** Passes a body on as it comes, no faster than the child reads. */
  #pour(exchange: Exchange, body: IncomingMessage): void {
    const isChunked = body.headers["content-length"] === undefined;
    const resume = (): void => void body.resume();
    // Nobody takes it any more once the connection is closed, but the client must be able to send it.
    this.#socket.on("drain", resume).on("close", resume);
    body.on("data", (chunk: Buffer) => {
      if (this.#socket.destroyed) return;
      if (isChunked) this.#socket.write(`${chunk.length.toString(16)}\r\n`);
      const isTaken = this.#socket.write(chunk);
      if (isChunked) this.#socket.write("\r\n");
      if (!isTaken) body.pause();
    });
    body.once("end", () => {
      if (this.#socket.destroyed) return;
      if (isChunked) this.#socket.write("0\r\n\r\n");
      exchange.isSent = true;
      if (exchange.isAnswered) this.#release(exchange);
    });
    body.once("close", () => {
      this.#socket.off("drain", resume).off("close", resume);
      if (!body.complete) this.destroy();
    });
  }

  #received(chunk: Buffer): void {
    if (this.#exchange === undefined) {
      // Nothing was asked.
      this.destroy();
      return;
    }
    try {
      this.#exchange.parser.push(chunk);
    } catch (error) {
      this.#error = error as Error;
      this.destroy();
    }
  }

  #answered(exchange: Exchange, head: AnswerHead): void {
    this.#head = head;
    exchange.answer = new UpstreamAnswer(head, (isPaused) => {
      if (this.#exchange !== exchange) return;
      if (isPaused) this.#socket.pause();
      else this.#socket.resume();
    });
    exchange.resolve(exchange.answer);
  }

  #completed(exchange: Exchange): void {
    const { answer, parser, isSent, settle } = exchange;
    this.#exchange = undefined;
    exchange.isAnswered = true;
    settle();
    if (!parser.isReusable) this.destroy();
    // The server may go on reading what it has answered already.
    else if (isSent) this.#release(exchange);
    // Its end must be noticed.
    this.#socket.resume();
    answer?.end();
  }

  /** From now on it can be used again. */
  #release({ parser: { keepAliveMs } }: Exchange): void {
    if (this.#socket.destroyed) return;
    this.#usableUntil =
      keepAliveMs === undefined ? Infinity : performance.now() + keepAliveMs - keepAliveMarginMs;
    if (this.#socket.writableLength > 0) this.#socket.once("drain", () => this.#onIdle(this));
    else this.#onIdle(this);
  }

  #closed(): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    // What breaks off is not what ends where the connection does.
    if (this.#error === undefined && this.#endedWell && exchange.parser.close()) return;
    this.#exchange = undefined;
    exchange.settle();
    const error = this.#error ?? Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    if (exchange.answer === undefined) exchange.reject(error);
    else exchange.answer.break(error);
  }
}

/** @throws TypeError if that is no HTTP. */
function headOf(
  port: number,
  method: string,
  path: string,
  headers: UpstreamRequest["headers"],
  body: UpstreamRequest["body"],
): string {
  if (invalidPath.test(path)) throw new TypeError("the path of a request contains what no path may");
  const lines = typeof headers === "string" ? headers : headerLines(headers);
  // A client of HTTP/1.0 may have sent none; HTTP/1.1 is not without.
  const host = hostLine.test(lines) ? "" : `Host: 127.0.0.1:${port}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${host}${lines}${framingOf(method, body)}Connection: keep-alive\r\n\r\n`;
}

/** A streamed body is framed as the client has framed it: by its length, or in chunks. */
function framingOf(method: string, body: UpstreamRequest["body"]): string {
  // RFC 9110, section 8.6: those that may have a body say so if they have none.
  if (body === undefined) return /^(?:POST|PUT|PATCH)$/.test(method) ? "Content-Length: 0\r\n" : "";
  if (Buffer.isBuffer(body)) return `Content-Length: ${body.length}\r\n`;
  const length = body.headers["content-length"];
  return length === undefined ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${length}\r\n`;
}

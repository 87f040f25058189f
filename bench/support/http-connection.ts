/** One keep-alive connection, one request at a time: a client that costs next to nothing beside what it measures. */
import { connect, type Socket } from "node:net";

export type Answer = { readonly status: number; readonly head: string; readonly body: string };

type Waiting = {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
};

const headEnd = Buffer.from("\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");

export class HttpConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;
  #received: Buffer = Buffer.alloc(0);
  /** Set when the head has been received: where the body begins and how it ends. */
  #head: { readonly text: string; readonly end: number; readonly length: number | "chunked" } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Rejects when the connection cannot be had, breaks, or nothing comes within `timeoutMs`. */
  exchange(request: string, timeoutMs = 10_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new Error("no answer in time")), timeoutMs);
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          this.#waiting = undefined;
          done(value);
        };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
      this.#received = Buffer.alloc(0);
      this.#head = undefined;
      this.#open().write(request);
    });
  }

  /** Sends a request whose answer does not end; what comes is thrown away. */
  listen(request: string): void {
    this.#open().write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    const gone = (error?: Error): void => {
      if (this.#socket === socket) this.#fail(error ?? new Error("the connection was closed"));
    };
    socket.on("data", (chunk) => {
      if (this.#socket === socket) this.#take(chunk);
    });
    socket.on("error", gone);
    socket.on("close", () => gone());
    return socket;
  }

  #fail(error: Error): void {
    this.close();
    this.#waiting?.reject(error);
  }

  #take(chunk: Buffer): void {
    if (this.#waiting === undefined) return;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#head ??= readHead(this.#received);
    if (this.#head === undefined) return;
    const { text, end, length } = this.#head;
    const body = this.#received.subarray(end);
    const whole = length === "chunked" ? endsWith(body, lastChunk) : body.length >= length;
    if (!whole) return;
    const status = Number(text.slice(9, 12));
    this.#waiting.resolve({
      status,
      head: text,
      body: length === "chunked" ? joined(body) : body.toString(),
    });
  }
}

function readHead(received: Buffer): { text: string; end: number; length: number | "chunked" } | undefined {
  const at = received.indexOf(headEnd);
  if (at === -1) return undefined;
  const text = received.toString("latin1", 0, at);
  const isChunked = /\r\ntransfer-encoding: *chunked/i.test(text);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
  return { text, end: at + headEnd.length, length: isChunked ? "chunked" : length };
}

function endsWith(body: Buffer, end: Buffer): boolean {
  return body.length >= end.length && body.subarray(body.length - end.length).equals(end);
}

/** RFC 9112, section 7.1. */
function joined(body: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return parts.join("");
    parts.push(body.toString("utf8", lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The head of an HTTP/1.1 answer (RFC 9112): its status, its headers, and what they say of the body and the connection. */
import type { IncomingHttpHeaders } from "node:http";
import type { RawHeaders } from "./http-headers.ts";

export class NoHttpError extends Error {
  override readonly name = "NoHttpError";
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

export class AnswerHead {
  readonly text: string;
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: RawHeaders;
  /** `Content-Length`, in bytes. */
  readonly length: number | undefined;
  /** `Transfer-Encoding`, in lower case. */
  readonly coding: string | undefined;
  /** The server says that it closes the connection behind this answer. */
  readonly closes: boolean;
  /** How long the server keeps an idle connection, in ms; undefined if it does not say. */
  readonly keepAliveMs: number | undefined;
  #headers: IncomingHttpHeaders | undefined;

  /** @throws NoHttpError if that is none. */
  constructor(text: string) {
    this.text = text;
    const lineEnd = endOfLine(text, 0);
    const match = statusLine.exec(text.slice(0, lineEnd));
    if (match === null) throw new NoHttpError("the answer does not begin as HTTP does");
    this.status = Number(match[2]);
    this.statusText = match[3] ?? "";
    const rawHeaders: string[] = [];
    let length: number | undefined;
    let coding: string | undefined;
    let connection = match[1] === "1" ? "" : "close";
    let keepAliveMs: number | undefined;
    // Of an interim answer nobody wants to know more.
    if (this.status >= 200) {
      for (const [name, value] of headersOf(text, lineEnd)) {
        rawHeaders.push(name, value);
        // Told by their length, most need not be looked at.
        if (!framingLengths.has(name.length)) continue;
        switch (name.toLowerCase()) {
          case "content-length":
            length = lengthOf(value, length);
            break;
          case "transfer-encoding":
            coding = value.toLowerCase();
            break;
          case "connection":
            connection = value.toLowerCase();
            break;
          case "keep-alive":
            keepAliveMs = keepAliveOf(value);
            break;
        }
      }
    }
    this.rawHeaders = rawHeaders;
    this.length = length;
    this.coding = coding;
    this.closes = /\bclose\b/.test(connection);
    this.keepAliveMs = keepAliveMs;
  }

  /** By their names in lower case; of several with one name, the first. */
  get headers(): IncomingHttpHeaders {
    if (this.#headers !== undefined) return this.#headers;
    const headers: IncomingHttpHeaders = {};
    for (let index = 0; index < this.rawHeaders.length; index += 2)
      headers[(this.rawHeaders[index] ?? "").toLowerCase()] ??= this.rawHeaders[index + 1] ?? "";
    this.#headers = headers;
    return headers;
  }
}

const framingLengths = new Set(
  ["content-length", "transfer-encoding", "connection", "keep-alive"].map((name) => name.length),
);

function* headersOf(text: string, from: number): Generator<readonly [name: string, value: string]> {
  let lineEnd = from;
  while (lineEnd < text.length) {
    const start = lineEnd + 2;
    lineEnd = endOfLine(text, start);
    const colon = text.indexOf(":", start);
    if (colon <= start || colon >= lineEnd) throw new NoHttpError("a header of the answer has no name");
    yield [text.slice(start, colon), withoutSpace(text.slice(colon + 1, lineEnd))];
  }
}

/** RFC 9110, section 5.6.3: of what looks like space, only these two are. */
function withoutSpace(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isSpace(value.charCodeAt(start))) start++;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end === -1 ? text.length : end;
}

function lengthOf(value: string, before: number | undefined): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(length) || (before !== undefined && before !== length))
    throw new NoHttpError("the length of the answer is no number");
  return length;
}

function keepAliveOf(value: string): number | undefined {
  const seconds = /\btimeout=(\d{1,9})/i.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

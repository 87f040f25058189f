/** The head of an HTTP/1.1 answer (RFC 9112): its status, its headers, and what they say of the body and the connection. */
import type { IncomingHttpHeaders } from "node:http";
import type { RawHeaders } from "./http-headers.ts";

export class NoHttpError extends Error {
  override readonly name = "NoHttpError";
}

export type AnswerHead = {
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: RawHeaders;
  /** By their names in lower case; of several with one name, the first. */
  readonly headers: IncomingHttpHeaders;
  /** `Content-Length`, in bytes. */
  readonly length: number | undefined;
  /** `Transfer-Encoding`, in lower case. */
  readonly coding: string | undefined;
  /** The server says that it closes the connection behind this answer. */
  readonly closes: boolean;
  /** How long the server keeps an idle connection, in ms; undefined if it does not say. */
  readonly keepAliveMs: number | undefined;
};

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

/** A server's answers mostly have the same head as one before, but for a date that changes every second. */
const known = new Map<string, AnswerHead>();
const mostKnown = 64;
const longestKnown = 2048;

/** @throws NoHttpError */
export function answerHead(text: string): AnswerHead {
  if (text.length > longestKnown) return parse(text);
  const same = known.get(text);
  if (same !== undefined) return same;
  const head = parse(text);
  if (known.size >= mostKnown) known.clear();
  known.set(text, head);
  return head;
}

function parse(text: string): AnswerHead {
  let lineEnd = endOfLine(text, 0);
  const match = statusLine.exec(text.slice(0, lineEnd));
  if (match === null) throw new NoHttpError("the answer does not begin as HTTP does");
  const rawHeaders: string[] = [];
  const headers: IncomingHttpHeaders = {};
  let length: number | undefined;
  let coding: string | undefined;
  let connection = match[1] === "1" ? "" : "close";
  let keepAliveMs: number | undefined;
  while (lineEnd < text.length) {
    const start = lineEnd + 2;
    lineEnd = endOfLine(text, start);
    const colon = text.indexOf(":", start);
    if (colon <= start || colon >= lineEnd) throw new NoHttpError("a header of the answer has no name");
    const name = text.slice(start, colon);
    const value = withoutSpace(text.slice(colon + 1, lineEnd));
    const lowerCase = name.toLowerCase();
    rawHeaders.push(name, value);
    headers[lowerCase] ??= value;
    switch (lowerCase) {
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
  const closes = /\bclose\b/.test(connection);
  const status = Number(match[2]);
  return { status, statusText: match[3] ?? "", rawHeaders, headers, length, coding, closes, keepAliveMs };
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

/** Headers between client and child: everything goes through but what belongs to one connection or to the relay. */
import type { IncomingMessage } from "node:http";

export const sessionIdHeader = "mcp-session-id";

/** Name, value, name, value, as Node gives and takes them. */
export type RawHeaders = readonly string[];

/** RFC 9110, section 7.6.1; the length is set anew with the body. */
const perConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
]);

/** The headers that go on, with some replaced; a replacement of `undefined` removes. */
export function passedHeaders(
  raw: RawHeaders,
  replaced: Readonly<Record<string, string | undefined>> = {},
): string[] {
  const passed: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const lowerCase = name.toLowerCase();
    if (!perConnection.has(lowerCase) && !(lowerCase in replaced)) passed.push(name, raw[index + 1] ?? "");
  }
  for (const [name, value] of Object.entries(replaced)) if (value !== undefined) passed.push(name, value);
  return passed;
}

/** RFC 9110, section 5.5, and what Node lets through. */
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/;

/** As they are written. @throws TypeError if a value is none. */
export function headerLines(headers: RawHeaders): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2) {
    const value = headers[index + 1] ?? "";
    if (invalidValue.test(value)) throw new TypeError(`the header ${headers[index] ?? ""} cannot be sent`);
    lines += `${headers[index] ?? ""}: ${value}\r\n`;
  }
  return lines;
}

/** A request, or an answer. */
type Headed = Pick<IncomingMessage, "headers">;

export function header(message: Headed, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** @param name in lower case. */
export function rawHeader(raw: RawHeaders, name: string): string | undefined {
  const at = raw.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at === -1 ? undefined : raw[at + 1];
}

/** An answer which says that the credentials are none, or not enough. */
export function isOfCredentials({ statusCode }: { readonly statusCode: number }): boolean {
  return statusCode === 401 || statusCode === 403;
}

export function isEventStream(message: Headed): boolean {
  return /^text\/event-stream\b/i.test(message.headers["content-type"] ?? "");
}

export function isJson(message: Headed): boolean {
  return /^application\/json\b/i.test(message.headers["content-type"] ?? "");
}

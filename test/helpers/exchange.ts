/** One HTTP exchange as it is on the wire, without what differs from moment to moment. */
import { request } from "node:http";
import { readBody } from "../../src/relay/http-upstream.ts";

export type Sent = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export type Received = {
  readonly status: number | undefined;
  readonly reason: string | undefined;
  /** Name and value, names in lower case, in alphabetical order. */
  readonly headers: readonly string[];
  readonly body: string;
};

/** They belong to a moment or to a connection. */
const passing = new Set(["date", "connection", "keep-alive"]);

export function exchange(
  port: number,
  { method = "GET", path, headers = {}, body }: Sent,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      const { statusCode, statusMessage, rawHeaders } = response;
      readBody(response).then((bytes) => {
        resolve({
          status: statusCode,
          reason: statusMessage,
          headers: pairs(rawHeaders),
          body: bytes.toString("latin1"),
        });
      }, reject);
    });
    sent.once("error", reject).end(body);
  });
}

function pairs(raw: readonly string[]): string[] {
  const names = raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1]]] : []));
  return names
    .filter(([name]) => !passing.has(name ?? ""))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

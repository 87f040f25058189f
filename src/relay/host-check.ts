/** Refuses requests of foreign web pages: a name that resolves to loopback must not reach a server here (DNS rebinding). */
import type { IncomingMessage } from "node:http";

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

export class HostCheck {
  readonly #allowed: ReadonlySet<string>;

  /** @param names hosts besides loopback that `Host` and `Origin` may name, without port. */
  constructor(names: readonly string[]) {
    this.#allowed = new Set([...loopbackNames, ...names.map((name) => name.toLowerCase())]);
  }

  /** What is wrong with the request, or `undefined`. MCP, basic/transports: servers must validate `Origin`. */
  refuse(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    if (host !== undefined && !this.#allows(host)) return `Invalid Host: ${host}`;
    if (origin !== undefined && origin !== "null" && !this.#allows(origin))
      return `Invalid Origin: ${origin}`;
    return undefined;
  }

  #allows(hostOrOrigin: string): boolean {
    try {
      const url = new URL(hostOrOrigin.includes("://") ? hostOrOrigin : `http://${hostOrOrigin}`);
      return this.#allowed.has(url.hostname.toLowerCase());
    } catch {
      return false;
    }
  }
}

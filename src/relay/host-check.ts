/** Refuses requests of foreign web pages: a name that resolves to loopback must not reach a server here (DNS rebinding). */
import type { IncomingMessage } from "node:http";

const mostAccepted = 100;
const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

export class HostCheck {
  readonly #allowed: ReadonlySet<string>;
  readonly #isOwn: (name: string) => boolean;
  /** What clients have said, and may say. */
  readonly #accepted = new Set<string>();

  /**
   * @param names hosts besides loopback that `Host` and `Origin` may name, without port.
   * @param isOwn whether a name is an address of this machine that may be named; asked each time, for they change.
   */
  constructor(names: readonly string[], isOwn: (name: string) => boolean = () => false) {
    this.#isOwn = isOwn;
    this.#allowed = new Set([...loopbackNames, ...names.map((name) => name.toLowerCase())]);
  }

  /**
   * What is wrong with the request, and what to do; or `undefined`. MCP, basic/transports: servers must validate
   * `Origin`. That of a page in a sandbox is `null`, and any page can put itself into one.
   */
  refuse(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    if (host !== undefined && !this.#allows(host)) return refusal("Host", host);
    if (origin !== undefined && !this.#allows(origin)) return refusal("Origin", origin);
    return undefined;
  }

  #allows(hostOrOrigin: string): boolean {
    if (this.#accepted.has(hostOrOrigin)) return true;
    try {
      const name = hostName(hostOrOrigin);
      if (this.#allowed.has(name)) {
        if (this.#accepted.size < mostAccepted) this.#accepted.add(hostOrOrigin);
        return true;
      }
      return this.#isOwn(name.replace(/^\[|\]$/g, ""));
    } catch {
      return false;
    }
  }
}

/** @throws TypeError if it is neither. */
function hostName(hostOrOrigin: string): string {
  const url = new URL(hostOrOrigin.includes("://") ? hostOrOrigin : `http://${hostOrOrigin}`);
  return url.hostname.toLowerCase();
}

function refusal(header: "Host" | "Origin", value: string): string {
  try {
    return `Invalid ${header}: ${value} (to accept it: mcp dev --allow-host ${hostName(value)})`;
  } catch {
    return `Invalid ${header}: ${value}`;
  }
}

/** A child that serves Streamable HTTP on a loopback port, and the requests that the relay sends it. */
import type { IncomingMessage } from "node:http";
import type { Upstream } from "./generations.ts";
import { HttpConnection, type UpstreamRequest } from "./http-connection.ts";
import type { RawHeaders } from "./http-headers.ts";
import type { Message } from "./json-rpc.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";

export type HttpUpstream = Upstream & {
  readonly port: number;
  /** Path of Streamable HTTP, base path included. */
  readonly endpoint: string;
  readonly stateless: boolean;
  readonly connections: Connections;
};

const mostIdle = 256;

/** Connections to a child are kept open: a new one per request costs more than the request. */
export class Connections {
  readonly #port: number;
  readonly #all = new Set<HttpConnection>();
  /** The last is the one that was used last. */
  readonly #idle: HttpConnection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  take(): HttpConnection {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isUsable) return idle;
      idle.destroy();
    }
    const fresh = new HttpConnection(
      this.#port,
      (connection) => this.#release(connection),
      (connection) => this.#all.delete(connection),
    );
    this.#all.add(fresh);
    return fresh;
  }

  /**
   * Breaks off what somebody waits for. The other streams close with the child, which is ended soon: to close hundreds
   * is work, and there is better to do when a child has just been replaced.
   */
  leave(): void {
    for (const connection of this.#all) if (!connection.isEndless) connection.destroy();
  }

  #release(connection: HttpConnection): void {
    if (this.#idle.length < mostIdle) this.#idle.push(connection);
    else connection.destroy();
  }
}

/** Resolves with the head of the answer. Rejects when the child cannot be reached or goes away before. */
export function sendUpstream(upstream: HttpUpstream, request: UpstreamRequest): Promise<UpstreamAnswer> {
  if (request.signal?.aborted === true) return Promise.reject(new Error("the client left"));
  return upstream.connections.take().send(request);
}

/** A message of our own to the MCP endpoint. */
export function sendMessage(
  upstream: HttpUpstream,
  headers: RawHeaders,
  message: Message,
  signal?: AbortSignal,
): Promise<UpstreamAnswer> {
  const body = Buffer.from(JSON.stringify(message));
  const request = { method: "POST", path: upstream.endpoint, headers, body };
  return sendUpstream(upstream, signal === undefined ? request : { ...request, signal });
}

/** Nobody listened, so the request was never seen by the child and may be sent again. */
export function wasNeverReceived(error: unknown): boolean {
  return codeOf(error) === "ECONNREFUSED";
}

/** The child closed the connection. */
export function wasClosed(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ECONNRESET" || code === "EPIPE";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** The body of a client's request. Rejects when it breaks off. Listens to events, because an async iterator costs more than a small message. */
export function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const length = Number(message.headers["content-length"]);
    let taken = 0;
    const whole = (): void =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    message.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      taken += chunk.length;
      // As long as it says that it is: its end is told some turns later.
      if (taken === length) whole();
    });
    message.once("end", () => {
      if (taken !== length || taken === 0) whole();
    });
    message.once("error", reject);
    message.once("close", () => {
      if (!message.complete) reject(new Error("the message broke off"));
    });
  });
}

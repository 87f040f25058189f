/** A child that serves Streamable HTTP on a loopback port, and the requests that the relay sends it. */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Leaving } from "./departure.ts";
import type { Upstream } from "./generations.ts";

export type HttpUpstream = Upstream & {
  readonly port: number;
  /** Path of Streamable HTTP, base path included. */
  readonly endpoint: string;
  readonly stateless: boolean;
  readonly agent: Agent;
};

export type UpstreamRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  /** A whole body, a stream of one, or none. */
  readonly body?: Buffer | IncomingMessage;
  /** When whoever asks has left: the request is broken off. */
  readonly signal?: Leaving;
};

/** Sockets to a child are kept open: a new one per request costs more than the request. */
export function upstreamAgent(): Agent {
  return new Agent({ keepAlive: true, scheduling: "lifo" });
}

/** Resolves with the head of the answer. Rejects when the child cannot be reached or goes away before. */
export function sendUpstream(upstream: HttpUpstream, request: UpstreamRequest): Promise<IncomingMessage> {
  const { method, path, headers, body, signal } = request;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new Error("the client left"));
      return;
    }
    const outgoing = httpRequest({
      host: "127.0.0.1",
      port: upstream.port,
      agent: upstream.agent,
      method,
      path,
      headers: withLength(headers, body) as unknown as Record<string, string>,
      setHost: false,
    });
    // Node's own option for a signal costs more than a small request.
    const abort = (): void => void outgoing.destroy();
    signal?.addEventListener("abort", abort);
    outgoing.once("close", () => signal?.removeEventListener("abort", abort));
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
    outgoing.setNoDelay(true);
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else body.pipe(outgoing);
  });
}

/** A streamed body is framed as the client has framed it: by its length, or in chunks. */
function withLength(headers: readonly string[], body: UpstreamRequest["body"]): readonly string[] {
  const length = Buffer.isBuffer(body) ? String(body.byteLength) : body?.headers["content-length"];
  return length === undefined ? headers : [...headers, "Content-Length", length];
}

/** Nobody listened, so the request was never seen by the child and may be sent again. */
export function wasNeverReceived(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/** Rejects when the message breaks off. Listens to events, because an async iterator costs more than a small message. */
export function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.once("end", () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    message.once("error", reject);
    message.once("close", () => {
      if (!message.complete) reject(new Error("the message broke off"));
    });
  });
}

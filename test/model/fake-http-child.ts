/** A fake child that serves Streamable HTTP on a loopback port. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { sessionKeyHeader, type AskedStart } from "../../src/child/messages.ts";
import type { HttpFront } from "../../src/dev/http-front.ts";
import { readBody } from "../../src/relay/http-upstream.ts";
import { isRequest, parseMessages, type Message } from "../../src/relay/json-rpc.ts";
import { formatEvent } from "../../src/relay/sse.ts";
import type { FakeChild } from "./fake-child.ts";
import { FakeServer, type FakeSession, type Outlet } from "./fake-server.ts";
import { KeptStream } from "./kept-stream.ts";
import { after } from "./turns.ts";

/** The name of a client that this server does not let in. */
export const unwelcome = "unwelcome";

const asked: AskedStart = {
  transport: "httpStream",
  byDefault: false,
  host: "127.0.0.1",
  port: 0,
  portByDefault: false,
  endpoint: "/mcp",
  stateless: false,
  name: "fake",
  version: "1",
};

export class FakeHttpChild implements FakeChild {
  readonly server = new FakeServer();
  readonly #front: HttpFront;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<string, { readonly session: FakeSession; readonly key: string | undefined }>();
  readonly #kept: KeptStream[] = [];
  readonly #http = createServer((request, response) => {
    response.on("error", () => undefined);
    this.#handle(request, response).catch(() => response.destroy());
  });

  private constructor(front: HttpFront) {
    this.#front = front;
    this.#http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async create(front: HttpFront): Promise<FakeHttpChild> {
    const child = new FakeHttpChild(front);
    child.#http.listen(0, "127.0.0.1");
    await once(child.#http, "listening");
    return child;
  }

  serve(): void {
    const { generation } = this.server;
    this.#front.serve({ generation }, asked, (this.#http.address() as AddressInfo).port);
  }

  crash(inTheMiddle: boolean): void {
    if (inTheMiddle)
      for (const { outlet } of this.server.held)
        if (outlet instanceof HttpOutlet || outlet instanceof KeptStream) outlet.sendHalf();
    this.#end();
  }

  /** FastMCP ends its sessions before the process ends. */
  end(): void {
    for (const { key } of this.#sessions.values()) this.#report(key, "disconnect");
    this.#end();
  }

  #end(): void {
    this.server.isAlive = false;
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? this.#sessions.get(id) : undefined;
    if (request.method === "POST") {
      const messages = parseMessages((await readBody(request)).toString()) ?? [];
      const [first] = messages;
      if (id === undefined && first !== undefined && isInitialize(first))
        this.#initialize(request, response, first);
      else if (known === undefined) refuse(response, id === undefined ? 400 : 404);
      else this.#messages(known.session, messages, response);
    } else if (known === undefined) refuse(response, 404);
    else if (request.method === "GET") {
      const lastId = request.headers["last-event-id"];
      if (typeof lastId === "string") this.#resume(response, lastId);
      else openStream(known.session, response);
    } else if (request.method === "DELETE") {
      this.#sessions.delete(String(id));
      known.session.stream = undefined;
      this.#report(known.key, "disconnect");
      response.writeHead(200).end();
    } else refuse(response, 405);
  }

  #initialize(request: IncomingMessage, response: ServerResponse, message: Message): void {
    if (JSON.stringify(message).includes(unwelcome)) {
      refuse(response, 401);
      return;
    }
    const session = this.server.open();
    const header = request.headers[sessionKeyHeader];
    const key = typeof header === "string" ? header : undefined;
    this.#sessions.set(session.name, { session, key });
    this.#report(key, "ready");
    this.#report(key, "connect");
    const head = { "Mcp-Session-Id": session.name };
    this.server.take(session, message, this.#outlet(response, 1, head));
  }

  #messages(session: FakeSession, messages: readonly Message[], response: ServerResponse): void {
    const count = messages.filter(isRequest).length;
    const outlet = count === 0 ? noOutlet : this.#outlet(response, count, {});
    for (const message of messages) this.server.take(session, message, outlet);
    if (count === 0) response.writeHead(202).end();
  }

  /** The rest of an answer. */
  #resume(response: ServerResponse, lastId: string): void {
    const kept = this.#kept.find((one) => one.has(lastId));
    if (kept === undefined) refuse(response, 400);
    else if (kept.isRead) refuse(response, 409);
    else kept.resume(response, lastId);
  }

  #outlet(response: ServerResponse, count: number, head: Record<string, string>): Outlet {
    const { behaviour, generation } = this.server;
    const { style, keepsEvents } = behaviour;
    if (style === "json" || !keepsEvents) return new HttpOutlet(response, style, count, head);
    const kept = new KeptStream(response, `${generation}.${this.#kept.length}`, count, head);
    this.#kept.push(kept);
    return kept;
  }

  #report(key: string | undefined, event: "connect" | "ready" | "disconnect"): void {
    if (key === undefined) return;
    const { generation, behaviour } = this.server;
    after(behaviour.reportTurns, () => this.#front.happened({ key, event }, generation));
  }
}

const noOutlet: Outlet = {
  send: () => false,
  forget: () => undefined,
  carriesAsks: false,
  isBroken: () => false,
};

/** The answer to a POST: a stream of events that ends with the last answer, or JSON when all answers are there. */
class HttpOutlet implements Outlet {
  readonly carriesAsks: boolean;
  readonly #response: ServerResponse;
  readonly #answers: Message[] = [];
  #left: number;

  constructor(response: ServerResponse, style: "json" | "sse", count: number, head: Record<string, string>) {
    this.#response = response;
    this.#left = count;
    this.carriesAsks = style === "sse";
    const type = this.carriesAsks ? "text/event-stream" : "application/json";
    for (const [name, value] of Object.entries({ ...head, "Content-Type": type }))
      response.setHeader(name, value);
    if (this.carriesAsks) response.flushHeaders();
  }

  send(message: Message): boolean {
    if (this.#response.destroyed) return false;
    const isAnswer = !("method" in message);
    if (isAnswer) this.#left--;
    if (this.carriesAsks)
      this.#response.write(formatEvent({ event: "message", data: JSON.stringify(message) }));
    else if (isAnswer) this.#answers.push(message);
    else return false;
    this.#endIfComplete();
    return true;
  }

  forget(): void {
    this.#left--;
    // Nobody waits for an answer without answers; a server lets it hang.
    if (this.carriesAsks || this.#answers.length > 0) this.#endIfComplete();
  }

  isBroken(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished;
  }

  /** Begins an answer that never ends. */
  sendHalf(): void {
    if (!this.carriesAsks && this.#response.headersSent) return;
    if (!this.carriesAsks) this.#response.setHeader("Content-Length", 1000);
    this.#response.write(this.carriesAsks ? 'event: message\ndata: {"jsonrpc": "2.0", "id"' : '{"jsonrpc"');
  }

  #endIfComplete(): void {
    if (this.#left === 0) this.#response.end(this.carriesAsks ? undefined : this.#body());
  }

  #body(): string {
    return JSON.stringify(this.#answers.length === 1 ? this.#answers[0] : this.#answers);
  }
}

function openStream(session: FakeSession, response: ServerResponse): void {
  if (session.stream !== undefined) {
    refuse(response, 409);
    return;
  }
  response.writeHead(200, { "Content-Type": "text/event-stream", "Mcp-Session-Id": session.name });
  response.flushHeaders();
  const stream: Outlet = {
    carriesAsks: true,
    isBroken: () => response.destroyed,
    forget: () => undefined,
    send: (message) =>
      !response.destroyed &&
      (response.write(formatEvent({ event: "message", data: JSON.stringify(message) })), true),
  };
  session.stream = stream;
  response.once("close", () => {
    if (session.stream === stream) session.stream = undefined;
  });
}

function isInitialize(message: Message): boolean {
  return isRequest(message) && message.method === "initialize";
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(`refused: ${status}`);
}

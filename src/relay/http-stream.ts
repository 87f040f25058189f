/** A client's GET stream: stays open while the child's end of it is replaced. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { passEvents, writeHead } from "./http-answer.ts";
import { passedHeaders, sessionIdHeader } from "./http-headers.ts";
import type { HttpSession } from "./http-session.ts";
import { isRequest } from "./json-rpc.ts";
import { readBody, sendUpstream, type HttpUpstream } from "./http-upstream.ts";
import { formatEvent } from "./sse.ts";

export class HttpStream {
  readonly #session: HttpSession;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  /** Whether that child is still there: the end of a dead child's stream is not the end of the client's. */
  readonly #isServing: (generation: number) => boolean;
  readonly #closed = new AbortController();

  constructor(
    session: HttpSession,
    request: IncomingMessage,
    response: ServerResponse,
    isServing: (generation: number) => boolean,
  ) {
    this.#session = session;
    this.#request = request;
    this.#response = response;
    this.#isServing = isServing;
    response.once("close", () => {
      this.#closed.abort();
      if (session.stream === this) session.stream = undefined;
    });
  }

  /** Opens the stream in that child too and passes what comes; resolves when the child has answered. */
  async attach(upstream: HttpUpstream): Promise<void> {
    const id = await this.#session.idIn(upstream);
    const from = await this.#open(upstream, id);
    if (from.statusCode !== 200) {
      await this.#refuse(from);
      return;
    }
    if (!this.#response.headersSent) {
      writeHead(from, this.#response, this.#session.id);
      this.#response.flushHeaders();
    }
    const { generation } = upstream;
    const { conversation } = this.#session;
    let tellsRoots = this.#session.isRestoredIn(generation) && conversation.established.roots !== undefined;
    const asksRoots = tellsRoots;
    passEvents(
      from,
      (text) => {
        if (!this.#response.writableEnded) this.#response.write(text);
      },
      (message, bytes) => {
        const { roots } = conversation.established;
        if (tellsRoots && isRequest(message) && message.method === "roots/list" && roots !== undefined) {
          tellsRoots = false;
          // A child that is gone by now asks no more.
          this.#session
            .post(upstream, { jsonrpc: "2.0", id: message.id, result: roots })
            .catch(() => undefined);
          return undefined;
        }
        return conversation.fromServer(message, generation, bytes);
      },
    ).then(
      () => this.#ended(generation),
      () => this.#ended(generation),
    );
    // Over HTTP FastMCP learns the roots only from a change; a restored session is told again what the client said.
    if (asksRoots) {
      await this.#session.post(upstream, { jsonrpc: "2.0", method: "notifications/roots/list_changed" });
    }
  }

  get isOpen(): boolean {
    return this.#response.headersSent && !this.#response.writableEnded;
  }

  /** A message of the endpoint itself. */
  send(message: string): void {
    if (this.isOpen) this.#response.write(formatEvent({ event: "message", data: message }));
  }

  end(): void {
    this.#closed.abort();
    this.#response.end();
  }

  #open(upstream: HttpUpstream, id: string): Promise<IncomingMessage> {
    const firstTime = !this.#response.headersSent;
    return sendUpstream(upstream, {
      method: "GET",
      path: this.#request.url ?? upstream.endpoint,
      // What the client last saw was another child's event once the stream has been moved.
      headers: passedHeaders(this.#request.rawHeaders, {
        [sessionIdHeader]: id,
        ...(firstTime ? {} : { "last-event-id": undefined }),
      }),
      signal: this.#closed.signal,
    });
  }

  /** The server has no such stream (405), or knows better; after a switch the client keeps what it has. */
  async #refuse(from: IncomingMessage): Promise<void> {
    const body = await readBody(from);
    if (this.#response.headersSent) return;
    writeHead(from, this.#response, this.#session.id, ["Content-Length", String(body.byteLength)]);
    this.#response.end(body);
  }

  #ended(generation: number): void {
    if (this.#isServing(generation)) this.#response.end();
  }
}

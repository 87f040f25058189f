/** A client's GET stream: stays open while the child's end of it is replaced. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { openChildStream } from "./child-stream.ts";
import { Departure, type Leaving } from "./departure.ts";
import { toClientEventId, type EventOrigin } from "./event-ids.ts";
import { lossGraceMs } from "./generations.ts";
import { passEvents, writeHead, type Passing } from "./http-answer.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { passedHeaders, sessionIdHeader } from "./http-headers.ts";
import type { HttpRelay } from "./http-relay.ts";
import type { HttpSession } from "./http-session.ts";
import { isRequest } from "./json-rpc.ts";
import type { HttpUpstream } from "./http-upstream.ts";
import { formatEvent } from "./sse.ts";

export type HttpStreamOptions = {
  readonly session: HttpSession;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The event that the client, which was here before, got last. */
  readonly last: EventOrigin | undefined;
  readonly relay: Pick<HttpRelay, "generations" | "upstreamOf">;
};

type Attachment = {
  opening: Promise<void>;
  /** The child has answered. */
  isOpened: boolean;
  readonly detached: Departure;
  /** What the child says, once it has opened the stream. */
  from: UpstreamAnswer | undefined;
};

export class HttpStream {
  readonly #session: HttpSession;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #last: EventOrigin | undefined;
  readonly #relay: HttpStreamOptions["relay"];
  #isClosed = false;
  /** The children that it is open in, or is being opened in. */
  readonly #attached = new Map<number, Attachment>();

  constructor({ session, request, response, last, relay }: HttpStreamOptions) {
    this.#session = session;
    this.#request = request;
    this.#response = response;
    this.#last = last;
    this.#relay = relay;
    response.once("close", () => {
      this.#close();
      if (session.stream === this) session.stream = undefined;
    });
  }

  /** Opens the stream in that child too, once, and passes what comes; resolves when the child has answered. */
  attach(upstream: HttpUpstream): Promise<void> {
    const { generation } = upstream;
    const known = this.#attached.get(generation);
    if (known !== undefined) return known.opening;
    const attachment: Attachment = {
      opening: Promise.resolve(),
      isOpened: false,
      detached: new Departure(),
      from: undefined,
    };
    if (this.#isClosed) attachment.detached.abort();
    this.#attached.set(generation, attachment);
    attachment.opening = this.#attach(upstream, attachment);
    attachment.opening.then(
      () => (attachment.isOpened = true),
      () => {
        if (this.#attached.get(generation) === attachment) this.#attached.delete(generation);
      },
    );
    return attachment.opening;
  }

  /** That child has answered, and there is nothing to wait for. */
  isAttachedTo(generation: number): boolean {
    return this.#attached.get(generation)?.isOpened === true;
  }

  /** Closes the stream in that child, where it can then be opened anew. */
  detach(generation: number): void {
    this.#attached.get(generation)?.detached.abort();
    this.#attached.delete(generation);
  }

  /** Hears that child no more. The connection stays open until the child's process ends. */
  leave(generation: number): void {
    this.#attached.get(generation)?.from?.discard();
    this.#attached.delete(generation);
  }

  get isOpen(): boolean {
    return this.#response.headersSent && !this.#response.writableEnded;
  }

  /** A message of the endpoint itself. */
  send(message: string): void {
    if (this.isOpen) this.#response.write(formatEvent({ event: "message", data: message }));
  }

  end(): void {
    this.#close();
    this.#response.end();
  }

  #close(): void {
    this.#isClosed = true;
    for (const { detached } of this.#attached.values()) detached.abort();
  }

  async #attach(upstream: HttpUpstream, attachment: Attachment): Promise<void> {
    const { detached } = attachment;
    const id = await this.#session.earlyIdIn(upstream, this.#request);
    const from = await this.#open(upstream, id, detached);
    const { generation } = upstream;
    if (this.#attached.get(generation) !== attachment) {
      // It was left meanwhile.
      from.discard();
      return;
    }
    if (from.statusCode !== 200) {
      if (!this.#response.headersSent && this.#isServing(generation)) await this.#refuse(from);
      else from.discard();
      // The client knows nothing of it; what it asks next tries again, unless the server has no such streams.
      if (this.#response.headersSent && from.statusCode !== 405) this.#attached.delete(generation);
      return;
    }
    attachment.from = from;
    if (!this.#response.headersSent) {
      if (this.#isServing(generation)) this.#session.remember(this.#request);
      writeHead(from, this.#response, this.#session.id);
      this.#response.flushHeaders();
    }
    const { conversation } = this.#session;
    let tellsRoots = this.#session.isRestoredIn(generation) && conversation.established.roots !== undefined;
    const asksRoots = tellsRoots;
    const passing: Passing = {
      observe: (message, bytes) => {
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
      eventId: (own) => toClientEventId({ generation, stream: "session", id: own }),
    };
    passEvents(from, this.#response, passing, {
      begin: () => undefined,
      end: (rest) => this.#response.write(rest),
    }).then(
      () => this.#ended(generation),
      async () => {
        if (detached.aborted) return;
        await this.#relay.generations.left(generation, lossGraceMs);
        this.#ended(generation);
      },
    );
    // Over HTTP FastMCP learns the roots only from a change; a restored session is told again what the client said.
    if (asksRoots) {
      this.#session
        .post(upstream, { jsonrpc: "2.0", method: "notifications/roots/list_changed" })
        .catch(() => undefined);
    }
  }

  async #open(upstream: HttpUpstream, id: string, closed: Leaving): Promise<UpstreamAnswer> {
    const lastId = this.#lastIdFor(upstream);
    const from = await this.#get(upstream, id, lastId, closed);
    const isOwn = this.#last?.generation === upstream.generation;
    if (from.statusCode !== 400 || lastId === undefined || isOwn) return from;
    from.discard();
    return this.#get(upstream, id, undefined, closed);
  }

  /**
   * Where the client left off, if that child may know. An event store of the server's own may outlive a child;
   * FastMCP's default one does not, and refuses ids that it has not given.
   */
  #lastIdFor({ generation }: HttpUpstream): string | undefined {
    if (this.#last === undefined || this.#last.generation === generation) return this.#last?.id;
    const isGone = this.#relay.upstreamOf(this.#last.generation) === undefined;
    return isGone && !this.#response.headersSent ? this.#last.id : undefined;
  }

  #get(
    upstream: HttpUpstream,
    id: string,
    lastId: string | undefined,
    closed: Leaving,
  ): Promise<UpstreamAnswer> {
    const own = { [sessionIdHeader]: id, "last-event-id": lastId };
    // The client's token may be another one by now.
    const { authorization } = this.#session;
    const isLater = this.#response.headersSent && authorization !== undefined;
    const request = {
      method: "GET",
      path: this.#request.url ?? upstream.endpoint,
      headers: passedHeaders(this.#request.rawHeaders, isLater ? { ...own, authorization } : own),
      signal: closed,
      isEndless: true,
    };
    return openChildStream(upstream, request, () => (this.#session.stream ?? this) === this);
  }

  /** The server has no such stream (405), or knows better; after a switch the client keeps what it has. */
  async #refuse(from: UpstreamAnswer): Promise<void> {
    const body = await from.body();
    if (this.#response.headersSent) return;
    const length = from.headers["content-length"];
    writeHead(from, this.#response, this.#session.id, length === undefined ? [] : ["Content-Length", length]);
    this.#response.end(body);
  }

  /** The end of a replaced or dead child's stream is not the end of the client's. */
  #ended(generation: number): void {
    if (this.#isServing(generation)) this.#response.end();
  }

  #isServing(generation: number): boolean {
    return this.#relay.generations.current?.generation === generation;
  }
}

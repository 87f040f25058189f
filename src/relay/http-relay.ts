/** All that Streamable HTTP has in common between requests: its sessions, and the children that serve them. */
import type { IncomingMessage } from "node:http";
import type { Recorder } from "../log/record.ts";
import { BackgroundRestore } from "./background-restore.ts";
import { Conversation } from "./conversation.ts";
import { lossGraceMs, type Generations } from "./generations.ts";
import { passedHeaders } from "./http-headers.ts";
import { HttpSession, type RelayHeaders } from "./http-session.ts";
import type { HttpUpstream } from "./http-upstream.ts";
import { ListWatch } from "./list-watch.ts";
import type { ToldEvent } from "./session-story.ts";
import { SseRelay } from "./sse-relay.ts";

export type HttpRelayOptions = {
  readonly generations: Generations<HttpUpstream>;
  readonly recorder: Recorder;
  readonly nextName: () => string;
  readonly headers: RelayHeaders;
};

/** What FastMCP reported of a session. */
export type SessionReport = ToldEvent | { readonly event: "disconnect" };

/** As mcp-proxy, which ends such sessions; to restore them in one child after another would keep them for ever. */
const idleTimeoutMs = 30 * 60_000;

/** Why a child did not answer, if it is not known. */
export const unknownLoss = "the server went away";

export class HttpRelay {
  readonly generations: Generations<HttpUpstream>;
  readonly headers: RelayHeaders;
  /** The sessions of the older transport. */
  readonly sse: SseRelay;
  readonly #options: HttpRelayOptions;
  readonly #sessions = new Map<string, HttpSession>();
  readonly #byKey = new Map<string, HttpSession>();
  readonly #handshakes = new Map<string, Conversation>();
  /** Children that still answer, the replaced ones among them. */
  readonly #upstreams = new Map<number, HttpUpstream>();
  readonly #background: BackgroundRestore<HttpUpstream>;
  readonly #listWatch: ListWatch<HttpUpstream>;
  /** Of which a client has asked something last. */
  #latest: HttpSession | undefined;
  #keyCount = 0;

  constructor(options: HttpRelayOptions) {
    this.#options = options;
    this.generations = options.generations;
    this.headers = options.headers;
    this.#background = new BackgroundRestore(options.generations);
    this.#listWatch = new ListWatch(options.generations);
    this.sse = new SseRelay({ ...options, listWatch: this.#listWatch });
    options.generations.onChange((current, lost) => {
      if (lost !== undefined) this.#lost(lost.generation);
      else if (current !== undefined) this.#switched(current);
    });
  }

  session(id: string | undefined): HttpSession | undefined {
    return id === undefined ? undefined : this.#sessions.get(id);
  }

  sessionOf(key: string): HttpSession | undefined {
    return this.#byKey.get(key);
  }

  /** That child if it still answers. */
  upstreamOf(generation: number | undefined): HttpUpstream | undefined {
    return generation === undefined ? undefined : this.#upstreams.get(generation);
  }

  /** Replaced children that still have something of that session in flight, or might. */
  replacedWith(session: HttpSession): readonly HttpUpstream[] {
    const { current } = this.generations;
    return [...this.#upstreams.values()].filter(
      (upstream) => upstream !== current && session.isIn(upstream.generation),
    );
  }

  /** For `initialize`: a conversation that becomes a session's or is abandoned. */
  newConversation(): { readonly conversation: Conversation; readonly key: string } {
    const { recorder, nextName, generations } = this.#options;
    const conversation = new Conversation(recorder, nextName, generations);
    const key = `k${++this.#keyCount}`;
    this.#handshakes.set(key, conversation);
    return { conversation, key };
  }

  /** For requests outside any session. */
  sessionless(): Conversation {
    const { recorder, nextName, generations } = this.#options;
    const conversation = new Conversation(recorder, nextName, generations);
    conversation.story.abandon();
    return conversation;
  }

  addSession(
    id: string,
    key: string,
    generation: number,
    conversation: Conversation,
    request: IncomingMessage,
  ): void {
    const headers = passedHeaders(request.rawHeaders);
    const session = new HttpSession({
      id,
      key,
      generation,
      conversation,
      headers,
      relayHeaders: this.headers,
    });
    session.lists.onStale = () => this.#listWatch.look(session);
    this.#sessions.set(id, session);
    this.#byKey.set(key, session);
  }

  opened(session: HttpSession): void {
    this.#handshakes.delete(session.key);
    const { established, story } = session.conversation;
    const { client, protocolVersion } = established;
    const generation = this.generations.current?.generation ?? 1;
    story.open({ transport: "http", generation, client, sessionId: session.id, protocolVersion });
  }

  /** The client listens, perhaps after a reload of which it could not be told. */
  listens(session: HttpSession): void {
    this.#listWatch.look(session);
  }

  /** A client asks something in this session. */
  asks(session: HttpSession): void {
    this.#latest = session;
  }

  /** The handshake failed. */
  abandon(key: string, conversation: Conversation): void {
    this.#handshakes.delete(key);
    const session = this.#byKey.get(key);
    if (session !== undefined) this.#remove(session);
    conversation.story.abandon();
  }

  ended(session: HttpSession, reason: string): void {
    this.#remove(session);
    session.stream?.end();
    for (const id of session.interrupted) session.conversation.forget(id);
    session.conversation.story.close(reason);
  }

  endAll(reason: string): void {
    for (const session of [...this.#sessions.values()]) this.ended(session, reason);
    this.sse.endAll(reason);
  }

  /** Something FastMCP's session reported. */
  happened(key: string, event: SessionReport, generation: number): void {
    const session = this.#byKey.get(key);
    const conversation = session?.conversation ?? this.#handshakes.get(key);
    if (event.event !== "disconnect") {
      if (conversation === undefined) this.sse.happened(key, event, generation);
      else conversation.story.happened(event, generation);
    }
    // A replaced child drops its sessions when it ends; they live on in the next. A DELETE is told when it is answered.
    else if (session?.isDeleting === false && this.generations.current?.generation === generation) {
      this.ended(session, "ended by the server");
    }
  }

  /** Why that child did not answer a request, as soon as it is known. */
  async explainLoss(generation: number): Promise<string> {
    return (await this.generations.whyLost(generation, lossGraceMs)) ?? unknownLoss;
  }

  #remove(session: HttpSession): void {
    this.#sessions.delete(session.id);
    this.#byKey.delete(session.key);
    if (this.#latest === session) this.#latest = undefined;
  }

  #lost(generation: number): void {
    this.#upstreams.get(generation)?.connections.leave();
    this.#upstreams.delete(generation);
    for (const session of this.#sessions.values()) session.leave(generation);
  }

  #switched(upstream: HttpUpstream): void {
    this.#upstreams.set(upstream.generation, upstream);
    for (const session of [...this.#sessions.values()])
      if (session.isIdleFor(idleTimeoutMs)) this.ended(session, "idle for 30 minutes");
    // Those with an open stream first: they may be waiting for something that the server says by itself.
    const sessions = [...this.#sessions.values()].filter((session) => !session.isIn(upstream.generation));
    const ordered = [...sessions.filter(({ stream }) => stream), ...sessions.filter(({ stream }) => !stream)];
    // Who asked last is the first to ask again, unless it still waits for an answer: what that leaves behind goes along.
    if (this.#latest?.conversation.isIdle === true)
      this.#restore(this.#latest, upstream).catch(() => undefined);
    const restores = ordered.map((session) => () => this.#restore(session, upstream));
    this.#background.start(upstream, restores, () => {
      for (const session of this.#sessions.values()) this.#listWatch.look(session);
    });
  }

  async #restore(session: HttpSession, upstream: HttpUpstream): Promise<void> {
    if (this.#sessions.get(session.id) !== session) return;
    await (session.stream === undefined ? session.idIn(upstream) : session.stream.attach(upstream));
  }
}

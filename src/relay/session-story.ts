/**
 * Tells one session's story in causal order: connect, ready, what happened, disconnect, each once. What is observed
 * before the session exists is held back, and is told without a session if it never comes to be.
 */
import type { ClientInfo, RecordInput, Recorder, SessionRecord, TransportName } from "../log/record.ts";

export type SessionIdentity = {
  readonly transport: TransportName;
  readonly generation: number;
  readonly client?: ClientInfo | undefined;
  /** The protocol's own session id, where the transport has one. */
  readonly sessionId?: string | undefined;
  readonly protocolVersion?: string | undefined;
};

export type ToldEvent =
  /** `identity` is what the server's `authenticate` made of the caller. */
  | { readonly event: "connect"; readonly identity?: unknown }
  | { readonly event: "ready" }
  | { readonly event: "rootsChanged"; readonly roots: readonly unknown[] }
  | { readonly event: "error"; readonly error: { readonly message: string; readonly stack?: string } };

/** `at`: when it happened, milliseconds since the epoch. */
type Held = { readonly record: RecordInput; readonly at: number };

type State =
  | {
      readonly kind: "handshake";
      readonly held: Held[];
      readonly events: (ToldEvent & { readonly generation: number })[];
    }
  /** connect is told; the rest waits for ready, which is at most a moment away. */
  | { readonly kind: "opening"; readonly held: Held[]; readonly timer: NodeJS.Timeout }
  | { readonly kind: "open" }
  | { readonly kind: "closed" };

/** FastMCP looks for capabilities for one second; after that `ready` comes late and is told late. */
const readyTimeoutMs = 1500;

export class SessionStory {
  readonly #recorder: Recorder;
  readonly #nextName: () => string;
  #state: State;
  #name: string | undefined;
  #identity: SessionIdentity | undefined;
  #connectedAt = 0;
  #ready = false;
  #lastRoots: string | undefined;
  /** Of the caller, until it is told: with connect, or with ready if it came late. */
  #who: unknown;
  #isWhoTold = false;

  /** `nextName` gives `s1`, `s2` …, called when the session comes to be. */
  constructor(recorder: Recorder, nextName: () => string) {
    this.#recorder = recorder;
    this.#nextName = nextName;
    this.#state = { kind: "handshake", held: [], events: [] };
  }

  /** `s1`; `undefined` before the session exists. */
  get name(): string | undefined {
    return this.#name;
  }

  get isOpen(): boolean {
    return this.#state.kind === "open" || this.#state.kind === "opening";
  }

  /** A request, answer or notification of this session. */
  tell(record: RecordInput): void {
    switch (this.#state.kind) {
      case "handshake":
      case "opening":
        this.#state.held.push({ record, at: Date.now() });
        break;
      case "open":
        this.#write(record);
        break;
      case "closed":
        // A session's last line is its end.
        if (this.#name === undefined) this.#write(record);
        else this.#recorder(lateRecord(record, this.#name));
    }
  }

  /** Something that FastMCP reported from inside. */
  happened(event: ToldEvent, generation: number): void {
    if (event.event === "connect" && !this.#isWhoTold) this.#who = event.identity;
    if (this.#state.kind === "handshake") this.#state.events.push({ ...event, generation });
    else if (this.#state.kind !== "closed") this.#tellEvent(event, generation);
  }

  /** The handshake succeeded: the session exists. */
  open(identity: SessionIdentity): void {
    if (this.#state.kind !== "handshake") return;
    const { held, events } = this.#state;
    this.#name = this.#nextName();
    this.#identity = identity;
    this.#connectedAt = Date.now();
    const timer = setTimeout(() => this.#flush(), readyTimeoutMs);
    timer.unref();
    this.#state = { kind: "opening", held, timer };
    this.#event({ event: "connect", generation: identity.generation });
    for (const event of events) this.#tellEvent(event, event.generation);
  }

  /** The handshake failed: no session ever was. */
  abandon(): void {
    if (this.#state.kind !== "handshake") return;
    const { held } = this.#state;
    this.#state = { kind: "closed" };
    for (const { record, at } of held) this.#recorder(record, at);
  }

  restored(generation: number, durationMs: number): void {
    if (this.isOpen) this.#orHold({ event: "restored", generation, duration_ms: durationMs });
  }

  /** The session ended. `reason` in a few words. */
  close(reason: string): void {
    if (this.#state.kind === "handshake") this.abandon();
    if (!this.isOpen) return;
    this.#flush();
    this.#state = { kind: "closed" };
    this.#event({ event: "disconnect", duration_ms: Date.now() - this.#connectedAt, body: { reason } });
  }

  #tellEvent(event: ToldEvent, generation: number): void {
    switch (event.event) {
      case "connect":
        // Told when the handshake has succeeded: FastMCP connects sessions that never come to be.
        break;
      case "ready":
        if (this.#ready) return;
        this.#ready = true;
        this.#event({ event: "ready", generation });
        this.#flush();
        break;
      case "rootsChanged": {
        // A restored session asks for its roots again; the same roots are no change.
        const roots = JSON.stringify(event.roots);
        if (roots === this.#lastRoots) return;
        this.#lastRoots = roots;
        this.#orHold({ event: "rootsChanged", generation, body: { roots: event.roots } });
        break;
      }
      case "error":
        this.#orHold({ event: "error", generation, body: event.error });
    }
  }

  #flush(): void {
    if (this.#state.kind !== "opening") return;
    const { held, timer } = this.#state;
    clearTimeout(timer);
    this.#state = { kind: "open" };
    for (const { record, at } of held) this.#write(record, at);
  }

  #orHold(event: Omit<SessionRecord, "kind" | "transport">): void {
    if (this.#state.kind === "opening")
      this.#state.held.push({ record: this.#sessionRecord(event), at: Date.now() });
    else this.#event(event);
  }

  #event(event: Omit<SessionRecord, "kind" | "transport">): void {
    const isFirst = event.event === "connect" || event.event === "ready";
    const identity = isFirst && !this.#isWhoTold ? (this.#who ?? undefined) : undefined;
    if (identity === undefined) {
      this.#write(this.#sessionRecord(event));
      return;
    }
    this.#isWhoTold = true;
    this.#write(this.#sessionRecord({ ...event, body: { identity } }));
  }

  #sessionRecord(event: Omit<SessionRecord, "kind" | "transport">): SessionRecord {
    const { transport = "http", client, sessionId, protocolVersion } = this.#identity ?? {};
    return {
      kind: "session",
      ...event,
      transport,
      ...(client === undefined ? {} : { client }),
      ...(sessionId === undefined ? {} : { "mcp.session.id": sessionId }),
      ...(protocolVersion === undefined ? {} : { "mcp.protocol.version": protocolVersion }),
      "network.transport": transport === "stdio" ? "pipe" : "tcp",
    };
  }

  /** @param at when it happened, milliseconds since the epoch; now if omitted. */
  #write(record: RecordInput, at?: number): void {
    const [session, id] = [this.#name, this.#identity?.sessionId];
    // One spread and no more: several into one object cost more than all else that is done with a record.
    if (session === undefined) this.#recorder(record, at);
    else if (id === undefined) this.#recorder({ session, ...record }, at);
    else this.#recorder({ session, "mcp.session.id": id, ...record }, at);
  }
}

function lateRecord({ kind }: RecordInput, name: string): RecordInput {
  return { kind: "drop", count: 1, reason: `a ${kind} of ${name}, which has ended` };
}

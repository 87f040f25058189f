/** A child's end of an HTTP+SSE session: its event stream, and the address that takes the client's messages. */
import { Departure, type Leaving } from "./departure.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { isEventStream, type RawHeaders } from "./http-headers.ts";
import { sendUpstream, type HttpUpstream } from "./http-upstream.ts";
import { EventSplitter, type ServerSentEvent } from "./sse.ts";

/** How a stream came to its end: the server ended it, or its connection broke. */
export type StreamEnd = "complete" | "broken";

type Listener = {
  readonly onEvent: (event: ServerSentEvent) => void;
  readonly onEnd: (how: StreamEnd) => void;
};

export class SseUpstream {
  readonly generation: number;
  /** The head of the child's answer. */
  readonly head: UpstreamAnswer;
  readonly #upstream: HttpUpstream;
  readonly #closed: Departure;
  /** Events that came before anybody listened. */
  #held: ServerSentEvent[] = [];
  #listener: Listener | undefined;
  #end: StreamEnd | undefined;
  /** Posts go one after the other: each has a connection of its own, and their order is the client's. */
  #lastPost: Promise<unknown> = Promise.resolve();
  #resolveFirst: (event: ServerSentEvent | undefined) => void = () => undefined;
  /** Resolves with the event that names the address; `undefined` when the stream ended before any event. */
  readonly first: Promise<ServerSentEvent | undefined>;

  private constructor(upstream: HttpUpstream, head: UpstreamAnswer, closed: Departure) {
    this.#upstream = upstream;
    this.generation = upstream.generation;
    this.head = head;
    this.#closed = closed;
    this.first = new Promise((resolve) => (this.#resolveFirst = resolve));
    const splitter = new EventSplitter((event) => this.#received(event));
    head.read({
      data: (part) => splitter.push(part),
      end: () => this.#ended("complete"),
      broken: () => this.#ended("broken"),
    });
  }

  /**
   * Asks a child for a stream. Resolves with the answer itself if it is none.
   * Rejects when the child cannot be reached, or `signal` is aborted meanwhile.
   */
  static async open(
    upstream: HttpUpstream,
    path: string,
    headers: RawHeaders,
    signal?: Leaving,
  ): Promise<SseUpstream | UpstreamAnswer> {
    const closed = new Departure();
    signal?.addEventListener("abort", () => closed.abort());
    if (signal?.aborted === true) throw new Error("the client left");
    const head = await sendUpstream(upstream, { method: "GET", path, headers, signal: closed });
    return head.statusCode === 200 && isEventStream(head) ? new SseUpstream(upstream, head, closed) : head;
  }

  /** From now on events go there, those that have come before first. */
  listen(listener: Listener): void {
    if (this.#closed.aborted) return;
    this.#listener = listener;
    for (const event of this.#held.splice(0)) listener.onEvent(event);
    if (this.#end !== undefined) listener.onEnd(this.#end);
  }

  /** Resolves with the head of the child's answer. */
  post(path: string, headers: RawHeaders, text: string): Promise<UpstreamAnswer> {
    const sent = this.#lastPost.then(() =>
      sendUpstream(this.#upstream, { method: "POST", path, headers, body: Buffer.from(text) }),
    );
    this.#lastPost = sent.catch(() => undefined);
    return sent;
  }

  /** Reads no more of the child's stream until then. */
  holdUntil(ready: () => Promise<void>): void {
    if (this.head.isPaused) return;
    this.head.pause();
    void ready().then(() => this.head.resume());
  }

  /** Tells the child that this session's client is gone. */
  close(): void {
    this.#listener = undefined;
    this.#closed.abort();
  }

  #received(event: ServerSentEvent): void {
    this.#resolveFirst(event);
    if (this.#listener === undefined) this.#held.push(event);
    else this.#listener.onEvent(event);
  }

  #ended(how: StreamEnd): void {
    this.#end = how;
    this.#resolveFirst(undefined);
    this.#listener?.onEnd(how);
  }
}

/** The session id in the address that a stream's first event names; `undefined` if it is no such event. */
export function sessionIdIn(event: ServerSentEvent): string | undefined {
  if (event.event !== "endpoint" || !URL.canParse(event.data, "http://localhost")) return undefined;
  return new URL(event.data, "http://localhost").searchParams.get("sessionId") ?? undefined;
}

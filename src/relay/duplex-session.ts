/**
 * A session whose messages share one channel in each direction: stdio, and the older HTTP+SSE. The client's channel
 * stays; the child's is replaced. Messages keep their order; what no child can take yet waits.
 */
import type { Conversation } from "./conversation.ts";
import { ChildLink, type Channel } from "./child-link.ts";
import { UnavailableError, WaitedInVainError, type Generations, type Upstream } from "./generations.ts";
import type { ListWatch, Watched } from "./list-watch.ts";
import type { SeenLists } from "./seen-lists.ts";
import { cancelledRequest } from "./established.ts";
import {
  isNotification,
  isRequest,
  isResponse,
  methodNotFound,
  parseMessages,
  type Message,
  type Request,
  type Response,
} from "./json-rpc.ts";
import { elapsedMs } from "./traffic.ts";
import { WaitingMessages } from "./waiting-messages.ts";

export type DuplexOptions<U extends Upstream> = {
  readonly conversation: Conversation;
  readonly generations: Generations<U>;
  /**
   * Opens this session's channel to a child; messages come after it has resolved. Rejects when the child is gone.
   * `onMessage` returns false for a text that is no message.
   */
  readonly open: (upstream: U, onMessage: (text: string) => boolean) => Promise<Channel>;
  readonly toClient: (text: string) => void;
  /** Called when the server has accepted the first request, which is `initialize` by the book. */
  readonly onEstablished: (generation: number) => void;
  readonly listWatch: ListWatch<U>;
};

export class DuplexSession<U extends Upstream> implements Watched<U> {
  readonly #options: DuplexOptions<U>;
  readonly #links = new Map<number, ChildLink>();
  readonly #waiting = new WaitingMessages();
  readonly #ended = new AbortController();
  #pumping = false;
  /** The child that is being told what was established; it may ask the client already. */
  #restoring: ChildLink | undefined;
  /** The child that is being connected; aborted when it goes away, or the client does. */
  #connecting: { readonly generation: number; readonly leaving: AbortController } | undefined;

  constructor(options: DuplexOptions<U>) {
    this.#options = options;
    this.lists.onStale = () => options.listWatch.look(this);
    options.conversation.onAccepted = (request, generation) => this.#tellYounger(request, generation);
  }

  get lists(): SeenLists {
    return this.#options.conversation.lists;
  }

  get isListening(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** Nothing that the client asked is open. */
  get isIdle(): boolean {
    return !this.#waiting.hasRequest && this.#options.conversation.isIdle;
  }

  /** One message of the client, as it came. */
  fromClient(text: string): void {
    const messages = parseMessages(text);
    if (messages === undefined) this.take(undefined, text);
    else if (messages.length === 1) this.take(messages[0], text);
    else for (const message of messages) this.take(message, JSON.stringify(message));
  }

  /** The session is there before its first message: whatever the server says goes to the client from now on. */
  start(): void {
    void this.#pump();
  }

  /** Another child serves: restores the session there before anybody asks for it; resolves when it is. */
  async switched(): Promise<void> {
    if (this.#options.conversation.established.initialize !== undefined) await this.#pump();
  }

  /** A child is gone: its unanswered requests get an error. */
  lost(generation: number, why: string): void {
    const { conversation, toClient } = this.#options;
    if (this.#connecting?.generation === generation) this.#connecting.leaving.abort(new Error(why));
    const link = this.#linkTo(generation);
    this.#links.delete(generation);
    link?.close(why);
    for (const id of conversation.askedIn(generation))
      toClient(JSON.stringify(conversation.answerFor(id, why)));
    conversation.forgetServer(generation);
  }

  /** Something of our own, which the client does not see. */
  ask(upstream: U, request: Request): Promise<Response> {
    const link = this.#links.get(upstream.generation);
    if (link === undefined) return Promise.reject(new Error("the session is not in that child"));
    return link.ask(request);
  }

  tell(method: string, generation: number): void {
    const { conversation, toClient } = this.#options;
    toClient(conversation.listChanged(method, generation));
  }

  /** The client left. */
  end(): void {
    const why = "the client left";
    this.#ended.abort();
    this.#connecting?.leaving.abort(new Error(why));
    this.#restoring?.close(why);
    const { conversation } = this.#options;
    for (const link of this.#links.values()) {
      for (const { id } of conversation.askedIn(link.generation)) conversation.forget(id);
      link.close(why);
    }
    this.#links.clear();
  }

  /** One message of the client, read already; text that is no message goes through as it is. */
  take(message: Message | undefined, text: string): void {
    const cancelled = message === undefined ? undefined : cancelledRequest(message);
    if (cancelled !== undefined && this.#waiting.withdraw(cancelled)) return;
    if (message !== undefined && this.#sendToItsChild(message, text)) return;
    const link = this.#waiting.count === 0 && !this.#pumping ? this.#readyLink() : undefined;
    if (link !== undefined) this.#send(link, message, text);
    // A client of both protocol eras falls back to `initialize` on this answer, which then waits for the server.
    else if (message !== undefined && isRequest(message) && message.method === "server/discover")
      this.#options.toClient(JSON.stringify(methodNotFound(message.id)));
    else if (this.#isFull) this.#refuse(message, text, this.#options.generations.whyUnavailable);
    else {
      this.#waiting.add(message, text);
      void this.#pump();
    }
  }

  /** Answers to a server's request, and what withdraws a request in flight, belong to one child and never wait. */
  #sendToItsChild(message: Message, text: string): boolean {
    if (isRequest(message)) return false;
    const { conversation } = this.#options;
    const directed = conversation.fromClient(message, Buffer.byteLength(text));
    if (directed.generation === undefined) return false;
    this.#linkTo(directed.generation)?.channel.send(
      directed.message === message ? text : JSON.stringify(directed.message),
      message,
    );
    return true;
  }

  #linkTo(generation: number): ChildLink | undefined {
    const link = this.#links.get(generation);
    return link ?? (this.#restoring?.generation === generation ? this.#restoring : undefined);
  }

  #readyLink(): ChildLink | undefined {
    const current = this.#options.generations.current;
    return current === undefined ? undefined : this.#links.get(current.generation);
  }

  #send(link: ChildLink, message: Message | undefined, text: string): void {
    const { conversation } = this.#options;
    if (message !== undefined && isRequest(message))
      conversation.asked(message, link.generation, Buffer.byteLength(text));
    else if (message !== undefined && isNotification(message))
      conversation.noted(message, link.generation, Buffer.byteLength(text));
    link.channel.send(text, message);
  }

  async #pump(): Promise<void> {
    if (this.#pumping || this.#ended.signal.aborted) return;
    this.#pumping = true;
    await this.#drainQueue();
    this.#pumping = false;
    if (this.#waiting.count > 0) void this.#pump();
  }

  async #drainQueue(): Promise<void> {
    const { generations } = this.#options;
    while (!this.#ended.signal.aborted) {
      try {
        const upstream = await generations.wait(this.#ended.signal, this.#patienceMs);
        if (upstream !== generations.current) continue;
        const link = this.#links.get(upstream.generation) ?? (await this.#connect(upstream));
        if (link !== this.#readyLink()) continue;
        for (let next = this.#waiting.next(); next !== undefined; next = this.#waiting.next())
          this.#send(link, next.message, next.text);
        return;
      } catch (error) {
        if (error instanceof UnavailableError) {
          this.#refuseWaiting(error);
          if (this.#waiting.count === 0) return;
        }
        // Otherwise the child went away while it was being connected: the next one is waited for.
      }
    }
  }

  /** How long what waits longest may still wait; `undefined` if nothing waits. */
  get #patienceMs(): number | undefined {
    return this.#waiting.patienceMs(this.#options.generations.bounds.waitTimeoutMs);
  }

  /** As many wait for a child as may. */
  get #isFull(): boolean {
    const { current, bounds } = this.#options.generations;
    return current === undefined && this.#waiting.count >= bounds.waitingMax;
  }

  /** Each may wait for its own time; whatever else hinders, hinders all. */
  #refuseWaiting(error: UnavailableError): void {
    const isOver = (): boolean => !(error instanceof WaitedInVainError) || this.#patienceMs === 0;
    while (this.#waiting.count > 0 && isOver()) {
      const waiting = this.#waiting.next();
      if (waiting !== undefined) this.#refuse(waiting.message, waiting.text, error.message);
    }
  }

  /** No child gets it: a request is answered; what a notification establishes, the next child is told. */
  #refuse(message: Message | undefined, text: string, why: string): void {
    const { conversation, toClient } = this.#options;
    if (message === undefined || isResponse(message)) return;
    if (isRequest(message)) toClient(JSON.stringify(conversation.answerFor(message, why)));
    else conversation.noted(message, 0, Buffer.byteLength(text));
  }

  /** @throws when that child goes away meanwhile, or the client does. */
  async #connect(upstream: U): Promise<ChildLink> {
    const { open, conversation, listWatch } = this.#options;
    const startedMs = performance.now();
    const { generation } = upstream;
    const leaving = new AbortController();
    this.#connecting = { generation, leaving };
    try {
      const channel = await open(upstream, (text) => this.#fromChild(link, text));
      if (leaving.signal.aborted) channel.close();
      leaving.signal.throwIfAborted();
      const link = new ChildLink(generation, channel, conversation.established);
      if (link.isRestored) {
        this.#restoring = link;
        await Promise.race([link.restore(), rejectedBy(leaving.signal)]);
        leaving.signal.throwIfAborted();
        conversation.story.restored(generation, elapsedMs(startedMs));
        listWatch.look(this);
      }
      this.#links.set(generation, link);
      return link;
    } finally {
      this.#connecting = undefined;
      this.#restoring = undefined;
    }
  }

  #fromChild(link: ChildLink, text: string): boolean {
    const messages = parseMessages(text);
    if (messages === undefined) return false;
    for (const message of messages) {
      if (!link.takes(message))
        this.#forward(link, message, messages.length === 1 ? text : JSON.stringify(message));
    }
    return true;
  }

  #forward(link: ChildLink, message: Message, text: string): void {
    const { conversation, toClient, onEstablished } = this.#options;
    const request = isResponse(message) ? conversation.requestIn(link.generation, message.id) : undefined;
    const forClient = conversation.fromServer(message, link.generation, Buffer.byteLength(text));
    if (forClient === undefined) return;
    toClient(forClient === message ? text : JSON.stringify(forClient));
    if (request === undefined || "error" in message) return;
    // Whom the server serves is a client, with a handshake or, as after our own restart, without one.
    if (request.method !== "ping" && !conversation.story.isOpen) onEstablished(link.generation);
  }

  /** What the client asked of the session holds in the children that were restored before it was accepted, too. */
  #tellYounger(request: Request, generation: number): void {
    for (const link of [this.#restoring, ...this.#links.values()])
      if (link !== undefined && link.generation > generation) link.acceptedElsewhere(request);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}

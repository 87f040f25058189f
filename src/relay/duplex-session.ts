/**
 * A session whose messages share one channel in each direction: stdio, and the older HTTP+SSE. The client's channel
 * stays; the child's is replaced. Messages keep their order; what no child can take yet waits.
 */
import type { Conversation } from "./conversation.ts";
import { UnavailableError, type Generations, type Upstream } from "./generations.ts";
import type { ListWatch, Watched } from "./list-watch.ts";
import type { SeenLists } from "./seen-lists.ts";
import { cancelledRequest } from "./established.ts";
import {
  errorResponse,
  isRequest,
  isResponse,
  parseMessages,
  type Id,
  type Message,
  type Request,
  type Response,
} from "./json-rpc.ts";
import { elapsedMs } from "./traffic.ts";

/** Our end of one child's channel for this session. */
export type Channel = { readonly send: (text: string) => void; readonly close: () => void };

export type DuplexOptions<U extends Upstream> = {
  readonly conversation: Conversation;
  readonly generations: Generations<U>;
  /** Opens this session's channel to a child; messages come after it has resolved. Rejects when the child is gone. */
  readonly open: (upstream: U, onMessage: (text: string) => void) => Promise<Channel>;
  readonly toClient: (text: string) => void;
  /** Called when `initialize` was answered for the first time. */
  readonly onEstablished: (generation: number) => void;
  readonly listWatch: ListWatch<U>;
};

type Link = {
  readonly generation: number;
  readonly channel: Channel;
  readonly replies: Map<Id, (response: Response) => void>;
  /** A restored child asks for the roots that the client has told us already: once. */
  asksRootsAgain: boolean;
};
type Waiting = { readonly message: Message | undefined; readonly text: string };

const restoreTimeoutMs = 10_000;

export class DuplexSession<U extends Upstream> implements Watched<U> {
  readonly #options: DuplexOptions<U>;
  readonly #links = new Map<number, Link>();
  readonly #queue: Waiting[] = [];
  readonly #ended = new AbortController();
  #pumping = false;
  #restoreCount = 0;
  /** Ends the wait for a child that is being connected when it goes away. */
  #abandonConnect: { readonly generation: number; readonly fail: (error: Error) => void } | undefined;

  constructor(options: DuplexOptions<U>) {
    this.#options = options;
    this.lists.onStale = () => options.listWatch.look(this);
  }

  get lists(): SeenLists {
    return this.#options.conversation.lists;
  }

  get isListening(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** One message of the client, as it came. */
  fromClient(text: string): void {
    const messages = parseMessages(text);
    if (messages === undefined) this.#enqueue(undefined, text);
    else if (messages.length === 1) this.#enqueue(messages[0], text);
    else for (const message of messages) this.#enqueue(message, JSON.stringify(message));
  }

  /** Another child serves: restore the session there before anybody asks for it. */
  switched(): void {
    if (this.#options.conversation.established.initialize !== undefined) this.#pump();
  }

  /** A child is gone: its unanswered requests get an error. */
  lost(generation: number, why: string): void {
    const { conversation, toClient } = this.#options;
    if (this.#abandonConnect?.generation === generation) this.#abandonConnect.fail(new Error(why));
    const link = this.#links.get(generation);
    this.#links.delete(generation);
    for (const [id, reply] of link?.replies ?? []) reply(errorResponse(id, why));
    link?.channel.close();
    for (const id of conversation.askedIn(generation))
      toClient(JSON.stringify(conversation.answerFor(id, why)));
    conversation.forgetServer(generation);
  }

  /** Something of our own, which the client does not see. */
  ask(upstream: U, request: Request): Promise<Response> {
    const link = this.#links.get(upstream.generation);
    if (link === undefined) return Promise.reject(new Error("the session is not in that child"));
    const answer = this.#reply(link, request.id);
    link.channel.send(JSON.stringify(request));
    return answer;
  }

  tell(method: string, generation: number): void {
    const { conversation, toClient } = this.#options;
    toClient(conversation.listChanged(method, generation));
  }

  /** The client left. */
  end(): void {
    this.#ended.abort();
    for (const link of this.#links.values()) link.channel.close();
    this.#links.clear();
  }

  #enqueue(message: Message | undefined, text: string): void {
    const cancelled = message === undefined ? undefined : cancelledRequest(message);
    if (cancelled !== undefined && this.#withdrawWaiting(cancelled)) return;
    if (message !== undefined && this.#sendToItsChild(message, text)) return;
    const link = this.#queue.length === 0 && !this.#pumping ? this.#readyLink() : undefined;
    if (link !== undefined) this.#send(link, message, text);
    else {
      this.#queue.push({ message, text });
      this.#pump();
    }
  }

  /** Answers to a server's request, and what withdraws a request in flight, belong to one child and never wait. */
  #sendToItsChild(message: Message, text: string): boolean {
    if (isRequest(message)) return false;
    const { conversation } = this.#options;
    const directed = conversation.fromClient(message, Buffer.byteLength(text));
    if (directed.generation === undefined) return false;
    this.#links
      .get(directed.generation)
      ?.channel.send(directed.message === message ? text : JSON.stringify(directed.message));
    return true;
  }

  #withdrawWaiting(id: Id): boolean {
    const index = this.#queue.findIndex(
      ({ message }) => message !== undefined && isRequest(message) && message.id === id,
    );
    if (index === -1) return false;
    this.#queue.splice(index, 1);
    return true;
  }

  #readyLink(): Link | undefined {
    const current = this.#options.generations.current;
    return current === undefined ? undefined : this.#links.get(current.generation);
  }

  #send(link: Link, message: Message | undefined, text: string): void {
    if (message !== undefined && isRequest(message)) {
      this.#options.conversation.asked(message, link.generation, Buffer.byteLength(text));
    }
    link.channel.send(text);
  }

  #pump(): void {
    if (this.#pumping || this.#ended.signal.aborted) return;
    this.#pumping = true;
    void this.#drainQueue().finally(() => {
      this.#pumping = false;
      if (this.#queue.length > 0) this.#pump();
    });
  }

  async #drainQueue(): Promise<void> {
    const { generations } = this.#options;
    try {
      const upstream = await generations.wait(this.#ended.signal);
      const link = this.#links.get(upstream.generation) ?? (await this.#connect(upstream));
      if (link.generation !== generations.current?.generation) return;
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#send(link, next.message, next.text);
      }
    } catch (error) {
      if (error instanceof UnavailableError) this.#refuseWaiting(error.message);
      // Otherwise the child went away while it was being connected: the next one is waited for.
    }
  }

  #refuseWaiting(why: string): void {
    const { conversation, toClient } = this.#options;
    for (const { message } of this.#queue.splice(0)) {
      if (message === undefined || !isRequest(message)) continue;
      toClient(JSON.stringify(conversation.answerFor(message, why)));
    }
  }

  async #connect(upstream: U): Promise<Link> {
    const startedMs = performance.now();
    const { generation } = upstream;
    const replies: Link["replies"] = new Map();
    const channel = await this.#options.open(upstream, (text) => this.#fromChild(link, text));
    const { established, story } = this.#options.conversation;
    const link: Link = { generation, channel, replies, asksRootsAgain: established.initialize !== undefined };
    if (established.initialize !== undefined) {
      const gone = new Promise<never>((_, fail) => (this.#abandonConnect = { generation, fail }));
      await Promise.race([this.#restore(link), gone]).finally(() => (this.#abandonConnect = undefined));
      story.restored(generation, elapsedMs(startedMs));
      this.#options.listWatch.look(this);
    }
    this.#links.set(generation, link);
    return link;
  }

  /** Tells the new child what the client established; its answers go no further. */
  async #restore(link: Link): Promise<void> {
    const { established } = this.#options.conversation;
    for (const message of established.replay(() => `create-fastmcp:restore:${++this.#restoreCount}`)) {
      const answer = isRequest(message) ? this.#reply(link, message.id) : undefined;
      link.channel.send(JSON.stringify(message));
      await answer;
    }
  }

  #reply(link: Link, id: Id): Promise<Response> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the new child did not answer")), restoreTimeoutMs);
      timer.unref();
      link.replies.set(id, (response) => {
        clearTimeout(timer);
        link.replies.delete(id);
        resolve(response);
      });
    });
  }

  #fromChild(link: Link, text: string): void {
    const messages = parseMessages(text) ?? [];
    for (const message of messages) {
      if (isResponse(message)) {
        const reply = link.replies.get(message.id);
        if (reply !== undefined) {
          reply(message);
          continue;
        }
      } else if (isRequest(message) && this.#answerRoots(link, message.id, message.method)) continue;
      this.#forward(link, message, messages.length === 1 ? text : JSON.stringify(message));
    }
  }

  /** The client has told its roots and has announced no change since: it need not be asked on every save. */
  #answerRoots(link: Link, id: Id, method: string): boolean {
    const { roots } = this.#options.conversation.established;
    if (method !== "roots/list" || roots === undefined || !link.asksRootsAgain) return false;
    link.asksRootsAgain = false;
    link.channel.send(JSON.stringify({ jsonrpc: "2.0", id, result: roots }));
    return true;
  }

  #forward(link: Link, message: Message, text: string): void {
    const { conversation, toClient, onEstablished } = this.#options;
    const wasEstablished = conversation.established.initialize !== undefined;
    const forClient = conversation.fromServer(message, link.generation, Buffer.byteLength(text));
    if (forClient === undefined) return;
    toClient(forClient === message ? text : JSON.stringify(forClient));
    if (!wasEstablished && conversation.established.initialize !== undefined) onEstablished(link.generation);
  }
}

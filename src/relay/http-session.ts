/** A Streamable HTTP session: one id for the client, one id in each child that it was restored in. */
import type { IncomingMessage } from "node:http";
import { CallStreams } from "./call-streams.ts";
import type { Conversation } from "./conversation.ts";
import { ExpectedStream } from "./expected-stream.ts";
import { header, passedHeaders, rawHeader, sessionIdHeader, type RawHeaders } from "./http-headers.ts";
import type { HttpStream } from "./http-stream.ts";
import { readReply } from "./http-answer.ts";
import { sendMessage, type HttpUpstream } from "./http-upstream.ts";
import type { Id, Message, Request, Response } from "./json-rpc.ts";
import type { Watched } from "./list-watch.ts";
import { RestoreRefusedError } from "./restore-refused.ts";
import { SameHeaders } from "./same-headers.ts";
import type { SeenLists } from "./seen-lists.ts";
import { elapsedMs } from "./traffic.ts";

/** Names of the relay's own headers, which the preload takes out again. */
export type RelayHeaders = { readonly sessionKey: string; readonly restoredId: string };

/** A child that does not answer a question of our own by then is not asked further. */
const askTimeoutMs = 10_000;

export class HttpSession implements Watched<HttpUpstream> {
  /** What the client sends as `Mcp-Session-Id`. */
  readonly id: string;
  /** By which the preload names this session in its reports. */
  readonly key: string;
  readonly conversation: Conversation;
  /** Withdraws a request that waits for a child, by its id. */
  readonly waiting = new Map<Id, () => void>();
  /** Requests whose stream the client has lost before they were answered, and may take up again. */
  readonly interrupted = new Set<Id>();
  readonly callStreams = new CallStreams();
  /** The headers of its requests, as they go on. */
  readonly sameHeaders = new SameHeaders();
  /** The client's DELETE is on its way. */
  isDeleting = false;
  /** Headers of `initialize`, with the credentials of the latest request. */
  #headers: RawHeaders;
  readonly #relayHeaders: RelayHeaders;
  readonly #openedIn: number;
  /** Its ids in the children that it is in; promised until all that the client established is there too. */
  readonly #ids = new Map<number, string | Promise<string>>();
  /** The children that it was restored in, or is being restored in; with the same ids as early as there are any. */
  readonly #restored = new Map<number, { readonly upstream: HttpUpstream; readonly id: Promise<string> }>();
  #stream: HttpStream | undefined;
  readonly #expectedStream = new ExpectedStream();
  #ownIds = 0;
  /** Of its requests, streams included, so many are under way. */
  #underWay = 0;
  /** When the last of them ended, milliseconds since the epoch. */
  #endedAt = Date.now();

  constructor(options: {
    id: string;
    key: string;
    generation: number;
    conversation: Conversation;
    headers: RawHeaders;
    relayHeaders: RelayHeaders;
  }) {
    this.id = options.id;
    this.key = options.key;
    this.conversation = options.conversation;
    this.#headers = options.headers;
    this.#relayHeaders = options.relayHeaders;
    this.#openedIn = options.generation;
    this.#ids.set(options.generation, options.id);
    this.conversation.onAccepted = (request, generation) => this.#tellYounger(request, generation);
  }

  /** A request of the client has come; `left` is to be called when it is over. */
  entered(): void {
    this.#underWay++;
  }

  left(): void {
    this.#underWay--;
    this.#endedAt = Date.now();
  }

  /** Nothing is under way, nor was for that long. */
  isIdleFor(ms: number): boolean {
    return this.#underWay === 0 && Date.now() - this.#endedAt > ms;
  }

  /** The client's open GET stream. */
  get stream(): HttpStream | undefined {
    return this.#stream;
  }

  set stream(stream: HttpStream | undefined) {
    this.#stream = stream;
    this.#expectedStream.came();
  }

  /** The client has said `initialized`. */
  expectStream(): void {
    if (this.#stream === undefined) this.#expectedStream.expect();
  }

  /** Its id in that child, if a message (which `asks`, or does not) can go there at once. */
  readyIn({ generation }: HttpUpstream, asks: boolean): string | undefined {
    const id = this.#ids.get(generation);
    if (typeof id !== "string") return undefined;
    const hears =
      this.#expectedStream.coming === undefined && this.#stream?.isAttachedTo(generation) !== false;
    return hears || !asks ? id : undefined;
  }

  /**
   * Resolves with its id in that child when a message can go there and, if it `asks`, what the server asks back will reach
   * the client, if that has a stream.
   * @throws RestoreRefusedError
   */
  async enter(upstream: HttpUpstream, request: IncomingMessage, asks: boolean): Promise<string> {
    const id = await this.idIn(upstream, request);
    if (!asks) return id;
    await this.#expectedStream.coming;
    // A stream that cannot be opened is no reason not to try the request.
    await this.#stream?.attach(upstream).catch(() => undefined);
    return id;
  }

  /**
   * The session's id in that child, restored there first if need be: with the credentials of `request`, if it has others
   * than those that the child refuses.
   * @throws RestoreRefusedError
   */
  idIn(upstream: HttpUpstream, request?: IncomingMessage): string | Promise<string> {
    const known = this.#ids.get(upstream.generation);
    if (typeof known === "string") return known;
    const restoring = known ?? this.#begin(upstream, this.#headers);
    if (request === undefined) return restoring;
    return restoring.catch((error: unknown) => this.#beginAnew(upstream, request, error));
  }

  /** The session's id in that child as soon as it has one, though it may not be restored yet. */
  async earlyIdIn(upstream: HttpUpstream, request: IncomingMessage): Promise<string> {
    const id = this.idIn(upstream, request);
    const restored = this.#restored.get(upstream.generation);
    if (restored === undefined || typeof id === "string") return id;
    id.catch(() => undefined);
    return restored.id.catch(() => id);
  }

  #begin(upstream: HttpUpstream, headers: RawHeaders): Promise<string> {
    return this.#readyWhen(upstream.generation, this.#restore(upstream, headers));
  }

  /** Nothing goes to that child before. */
  #readyWhen(generation: number, restoring: Promise<string>): Promise<string> {
    this.#ids.set(generation, restoring);
    restoring.then(
      (id) => {
        if (this.#ids.get(generation) === restoring) this.#ids.set(generation, id);
      },
      (error: unknown) => {
        if (this.#ids.get(generation) !== restoring) return;
        this.#ids.delete(generation);
        this.#restored.delete(generation);
        // It was opened in a session that nobody goes on with; in one that was refused there is none.
        if (!(error instanceof RestoreRefusedError)) this.#stream?.detach(generation);
      },
    );
    return restoring;
  }

  /** Each request proves by itself who its client is: what another's token was refused may be granted to its own. */
  #beginAnew(upstream: HttpUpstream, request: IncomingMessage, error: unknown): string | Promise<string> {
    if (!(error instanceof RestoreRefusedError) || !error.isOfCredentials) throw error;
    const authorization = header(request, "authorization");
    if (authorization === undefined || authorization === error.authorization) throw error;
    // Another request may have been let in, or be about to, in the meantime.
    const known = this.#ids.get(upstream.generation);
    if (known === undefined) return this.#begin(upstream, passedHeaders(this.#headers, { authorization }));
    if (typeof known === "string") return known;
    return known.catch((again: unknown) => this.#beginAnew(upstream, request, again));
  }

  isIn(generation: number): boolean {
    return this.#ids.has(generation);
  }

  isRestoredIn(generation: number): boolean {
    return generation !== this.#openedIn && this.#ids.has(generation);
  }

  /** A message of our own to that child; what it answers is of no interest. */
  async post(upstream: HttpUpstream, message: Message): Promise<void> {
    const headers = this.#restoreHeaders(await this.idIn(upstream));
    (await sendMessage(upstream, headers, message)).discard();
  }

  get lists(): SeenLists {
    return this.conversation.lists;
  }

  get isListening(): boolean {
    return this.stream?.isOpen === true;
  }

  /** A request of our own, which the client does not see. */
  async ask(upstream: HttpUpstream, request: Request): Promise<Response> {
    const headers = this.#restoreHeaders(await this.idIn(upstream));
    const from = await sendMessage(upstream, headers, request, AbortSignal.timeout(askTimeoutMs));
    return readReply(from, request.id);
  }

  tell(method: string, generation: number): void {
    this.stream?.send(this.conversation.listChanged(method, generation));
  }

  /** That child is gone. */
  leave(generation: number): void {
    this.#ids.delete(generation);
    this.#restored.delete(generation);
    this.#stream?.leave(generation);
    this.conversation.forgetServer(generation);
  }

  /** The client's latest credentials that the server has accepted. */
  get authorization(): string | undefined {
    return rawHeader(this.#headers, "authorization");
  }

  /** A token that was refreshed since `initialize` is what a restored session must be opened with. */
  remember(request: IncomingMessage): void {
    const authorization = header(request, "authorization");
    if (authorization === undefined) return;
    this.#headers = passedHeaders(this.#headers, { authorization });
  }

  async #restore(upstream: HttpUpstream, headers: RawHeaders): Promise<string> {
    const startedMs = performance.now();
    const known = this.#headers;
    const { established, story } = this.conversation;
    const [initialize, ...rest] = established.replay(() => this.#ownId());
    if (initialize === undefined) throw new Error("a session that was never established cannot be restored");
    const opening = this.#open(upstream, initialize, headers);
    this.#restored.set(upstream.generation, { upstream, id: opening });
    const id = await opening;
    if (headers !== known) this.#headers = headers;
    // Meanwhile, because each way to the child and back is time that the client waits.
    this.#stream?.attach(upstream).catch(() => undefined);
    for (const message of rest) await this.#tell(upstream, id, message);
    story.restored(upstream.generation, elapsedMs(startedMs));
    return id;
  }

  /** An older child has accepted what the client asked of the session, which holds in the younger ones too. */
  #tellYounger(request: Request, generation: number): void {
    for (const [younger, { upstream }] of this.#restored) {
      const known = this.#ids.get(younger);
      if (younger > generation && known !== undefined)
        void this.#readyWhen(younger, this.#tell(upstream, known, { ...request, id: this.#ownId() }));
    }
  }

  /** Resolves with the session's id in that child when it has answered; in the middle of a restore its turn comes last. */
  async #tell(upstream: HttpUpstream, known: string | Promise<string>, message: Message): Promise<string> {
    const id = await known;
    await (await sendMessage(upstream, this.#restoreHeaders(id), message)).body();
    return id;
  }

  /** @throws RestoreRefusedError */
  async #open(upstream: HttpUpstream, initialize: Message, headers: RawHeaders): Promise<string> {
    const { sessionKey, restoredId } = this.#relayHeaders;
    const own = passedHeaders(headers, { [sessionKey]: this.key, [restoredId]: this.id });
    const response = await sendMessage(upstream, own, initialize);
    const body = await response.body();
    const id = header(response, sessionIdHeader);
    if (response.statusCode !== 200 || id === undefined)
      throw new RestoreRefusedError(response, body, rawHeader(headers, "authorization"));
    return id;
  }

  #ownId(): Id {
    return `create-fastmcp:restore:${++this.#ownIds}`;
  }

  #restoreHeaders(id: string): string[] {
    const version = this.conversation.established.protocolVersion;
    return passedHeaders(this.#headers, {
      [sessionIdHeader]: id,
      ...(version === undefined ? {} : { "mcp-protocol-version": version }),
    });
  }
}

/** A session of the older HTTP+SSE transport: the client's event stream and address stay, the child's are replaced. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Channel } from "./child-link.ts";
import type { Conversation } from "./conversation.ts";
import { DuplexSession } from "./duplex-session.ts";
import { UnavailableError, type Generations } from "./generations.ts";
import { drained, writeHead } from "./http-answer.ts";
import { isOfCredentials, passedHeaders, rawHeader, type RawHeaders } from "./http-headers.ts";
import type { RelayHeaders } from "./http-session.ts";
import { readBody, type HttpUpstream } from "./http-upstream.ts";
import { isRequest, parseMessages, type Message } from "./json-rpc.ts";
import type { ListWatch } from "./list-watch.ts";
import { formatEvent, type ServerSentEvent } from "./sse.ts";
import { SseUpstream, type StreamEnd } from "./sse-upstream.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";

export type SseSessionOptions = {
  /** In the address that the client was told: the id that the first child gave. */
  readonly id: string;
  /** By which the preload names this session in its reports. */
  readonly key: string;
  readonly conversation: Conversation;
  readonly generations: Generations<HttpUpstream>;
  readonly relayHeaders: RelayHeaders;
  readonly listWatch: ListWatch<HttpUpstream>;
  /** The client's GET, and its answer: the event stream. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the first child answered to it, and the event in it that names the address. */
  readonly first: SseUpstream;
  readonly address: ServerSentEvent;
  readonly onEnd: (reason: string) => void;
};

/** A message on its way to a child, with the client's POST that brought it. */
type Post = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** The end of a child's stream is known before the end of its process, which is the reason for it. */
const endGraceMs = { complete: 1000, broken: 10_000 } as const;
const sendGraceMs = 1000;

/** mcp-proxy says so in every child; the client has heard it from the first. */
const greeting = JSON.stringify({
  jsonrpc: "2.0",
  method: "notifications/message",
  params: { data: "SSE Connection established", level: "info" },
});

export class SseSession {
  readonly id: string;
  readonly key: string;
  readonly #options: SseSessionOptions;
  readonly #duplex: DuplexSession<HttpUpstream>;
  /** The headers of the client's GET, with the credentials of its latest message. */
  #headers: RawHeaders;
  /** The headers of its latest message. */
  #postHeaders: RawHeaders = ["Content-Type", "application/json"];
  #first: SseUpstream | undefined;
  /** The POST whose message is being taken at this moment: if it goes on at once, the child's answer is its answer. */
  #taken: Post | undefined;

  constructor(options: SseSessionOptions) {
    this.id = options.id;
    this.key = options.key;
    this.#options = options;
    this.#first = options.first;
    this.#headers = passedHeaders(options.request.rawHeaders);
    const { conversation, generations, listWatch, response } = options;
    this.#duplex = new DuplexSession({
      conversation,
      generations,
      listWatch,
      open: (upstream, onMessage) => this.#open(upstream, onMessage),
      toClient: (text) => this.#write(formatEvent({ event: "message", data: text })),
      onEstablished: (generation) => {
        const { client, protocolVersion } = conversation.established;
        conversation.story.open({
          transport: "sse",
          generation,
          client,
          sessionId: this.id,
          protocolVersion,
        });
      },
    });
    response.once("close", () => options.onEnd("the client closed its stream"));
    writeHead(options.first.head, response, undefined);
    this.#duplex.start();
    this.#write(`${options.address.text}\n\n`);
  }

  /** A message of the client, which has a POST of its own. */
  async post(post: Post): Promise<void> {
    const text = (await readBody(post.request)).toString();
    // This transport has no batches: the server itself refuses one, as it refuses what is no message.
    const messages = text.startsWith("[") ? undefined : parseMessages(text);
    this.#postHeaders = passedHeaders(post.request.rawHeaders);
    this.#taken = post;
    this.#duplex.take(messages?.[0], text);
    // It waits, or is for a child that is gone.
    if (this.#takenPost() !== undefined) this.#accept(post);
  }

  switched(): Promise<void> {
    return this.#duplex.switched();
  }

  lost(generation: number, why: string): void {
    this.#duplex.lost(generation, why);
  }

  end(): void {
    this.#duplex.end();
    this.#first?.close();
    this.#options.response.end();
  }

  #takenPost(): Post | undefined {
    const post = this.#taken;
    this.#taken = undefined;
    return post;
  }

  async #open(upstream: HttpUpstream, onMessage: (text: string) => boolean): Promise<Channel> {
    const first = this.#first;
    this.#first = undefined;
    if (first?.generation === upstream.generation) return this.#channel(first, onMessage);
    first?.close();
    return this.#channel(await this.#reopen(upstream), onMessage);
  }

  /** @throws UnavailableError when the child lives and has no stream for this session. */
  async #reopen(upstream: HttpUpstream): Promise<SseUpstream> {
    const { generations } = this.#options;
    let why: string;
    try {
      let opened = await this.#ask(upstream, this.#headers);
      if (opened instanceof SseUpstream) return opened;
      const headers = this.#withLatestToken();
      if (isOfCredentials(opened) && headers !== undefined) {
        opened.discard();
        opened = await this.#ask(upstream, headers);
        if (opened instanceof SseUpstream) {
          this.#headers = headers;
          return opened;
        }
      }
      const text = (await opened.body()).toString();
      why = `the server refused to restore the session: HTTP ${opened.statusCode} ${text}`.trimEnd();
    } catch (error) {
      await generations.left(upstream.generation, sendGraceMs);
      if (generations.current?.generation !== upstream.generation) throw error;
      why = `the session could not be restored: ${error instanceof Error ? error.message : String(error)}`;
    }
    throw new UnavailableError(why);
  }

  #ask(upstream: HttpUpstream, headers: RawHeaders): Promise<SseUpstream | UpstreamAnswer> {
    const { request, relayHeaders } = this.#options;
    const { sessionKey, restoredId } = relayHeaders;
    const own = passedHeaders(headers, { [sessionKey]: this.key, [restoredId]: this.id });
    return SseUpstream.open(upstream, request.url ?? "/sse", own);
  }

  /** The headers with what the client's latest message proves itself with, if that is something else. */
  #withLatestToken(): RawHeaders | undefined {
    const authorization = rawHeader(this.#postHeaders, "authorization");
    const isOther =
      authorization !== undefined && authorization !== rawHeader(this.#headers, "authorization");
    return isOther ? passedHeaders(this.#headers, { authorization }) : undefined;
  }

  async #channel(stream: SseUpstream, onMessage: (text: string) => boolean): Promise<Channel> {
    const first = await stream.first;
    if (first?.event !== "endpoint") throw new Error("the child's event stream ended before it began");
    const isFirst = stream === this.#options.first;
    // Messages may come only after the session has the channel.
    setImmediate(() => {
      stream.listen({
        onEvent: (event) => {
          this.#received(event, isFirst, onMessage);
          const { response } = this.#options;
          if (response.writableNeedDrain) stream.holdUntil(() => drained(response));
        },
        onEnd: (how) => void this.#upstreamEnded(stream.generation, how),
      });
    });
    return {
      send: (text, message) => void this.#send(stream, first.data, text, message, this.#takenPost()),
      close: () => stream.close(),
    };
  }

  #received(event: ServerSentEvent, isFirst: boolean, onMessage: (text: string) => boolean): void {
    if (event.event === "endpoint" || (event.data === greeting && !isFirst)) return;
    const isMessage = event.event === "message" && event.data !== "" && onMessage(event.data);
    if (!isMessage) this.#write(`${event.text}\n\n`);
  }

  async #send(
    stream: SseUpstream,
    path: string,
    text: string,
    message: Message | undefined,
    post: Post | undefined,
  ): Promise<void> {
    const { generation } = stream;
    try {
      const headers = post === undefined ? this.#postHeaders : passedHeaders(post.request.rawHeaders);
      const from = await stream.post(path, headers, text);
      const body = await from.body();
      const status = from.statusCode;
      if (status < 300) this.#remember(headers);
      else this.#refused(message, generation, status, body.toString(), post);
      if (post === undefined) return;
      writeHead(from, post.response, undefined, ["Content-Length", String(body.byteLength)]);
      post.response.end(body);
    } catch (error) {
      // If the child is gone, that is answered on the stream.
      if (post !== undefined) this.#accept(post);
      await this.#options.generations.left(generation, sendGraceMs);
      this.#refused(
        message,
        generation,
        0,
        error instanceof Error ? error.message : String(error),
        undefined,
      );
    }
  }

  /** The child has not taken a request: its POST says so or, where that is answered, the stream. */
  #refused(
    message: Message | undefined,
    generation: number,
    status: number,
    text: string,
    post: Post | undefined,
  ): void {
    const { conversation } = this.#options;
    if (message === undefined || !isRequest(message) || !conversation.isAsked(message.id, generation)) return;
    if (post !== undefined) conversation.refused(message, status, text);
    else {
      const why = `The MCP server did not take this request: ${text}`;
      this.#write(
        formatEvent({ event: "message", data: JSON.stringify(conversation.answerFor(message, why)) }),
      );
    }
  }

  #remember(postHeaders: RawHeaders): void {
    const authorization = rawHeader(postHeaders, "authorization");
    if (authorization !== undefined) this.#headers = passedHeaders(this.#headers, { authorization });
  }

  /** A replaced or crashed child's stream ends with it; one that ends alone was ended by the server. */
  async #upstreamEnded(generation: number, how: StreamEnd): Promise<void> {
    const { generations, onEnd } = this.#options;
    await generations.left(generation, endGraceMs[how]);
    if (generations.current?.generation === generation) onEnd("ended by the server");
  }

  #accept({ response }: Post): void {
    const { rawHeaders } = this.#options.first.head;
    const cors = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && /^access-control-/i.test(name) ? [name, rawHeaders[index + 1] ?? ""] : [],
    );
    response.writeHead(202, cors).end("Accepted");
  }

  #write(text: string): void {
    if (!this.#options.response.writableEnded) this.#options.response.write(text);
  }
}

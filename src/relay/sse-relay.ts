/** All sessions of the older HTTP+SSE transport: which requests are theirs, and what they are told of the children. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Recorder } from "../log/record.ts";
import { BackgroundRestore } from "./background-restore.ts";
import { Conversation } from "./conversation.ts";
import type { Leaving } from "./departure.ts";
import { lossGraceMs, type Generations } from "./generations.ts";
import { passUnchanged, writeHead } from "./http-answer.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { passedHeaders } from "./http-headers.ts";
import type { RelayHeaders } from "./http-session.ts";
import type { HttpUpstream } from "./http-upstream.ts";
import type { ListWatch } from "./list-watch.ts";
import type { ToldEvent } from "./session-story.ts";
import { SseSession } from "./sse-session.ts";
import { sessionIdIn, SseUpstream } from "./sse-upstream.ts";

export type SseRelayOptions = {
  readonly generations: Generations<HttpUpstream>;
  readonly recorder: Recorder;
  readonly nextName: () => string;
  readonly headers: RelayHeaders;
  readonly listWatch: ListWatch<HttpUpstream>;
};

/** mcp-proxy serves the older transport here, whatever the server's base path and endpoint are. */
const streamPath = "/sse";

export class SseRelay {
  readonly #options: SseRelayOptions;
  readonly #sessions = new Map<string, SseSession>();
  readonly #background: BackgroundRestore<HttpUpstream>;
  readonly #conversations = new Map<string, Conversation>();
  #keyCount = 0;

  constructor(options: SseRelayOptions) {
    this.#options = options;
    this.#background = new BackgroundRestore(options.generations);
    options.generations.onChange((current, lost) => {
      const sessions = [...this.#sessions.values()];
      if (lost !== undefined) for (const session of sessions) session.lost(lost.generation, lost.why);
      else if (current !== undefined) {
        const restores = sessions.map((session) => () => session.switched());
        this.#background.start(current, restores);
      }
    });
  }

  /** Whether this request asks for a stream of its own, and with it for a session. */
  opens({ method, url }: IncomingMessage): boolean {
    return method === "GET" && url?.split("?", 1)[0] === streamPath;
  }

  /** The session that a message is for. */
  sessionOf({ method, url }: IncomingMessage): SseSession | undefined {
    const query = method === "POST" ? url?.indexOf("?") : -1;
    if (url === undefined || query === undefined || query === -1) return undefined;
    return this.#sessions.get(new URLSearchParams(url.slice(query)).get("sessionId") ?? "");
  }

  /** Resolves when the session exists, or its refusal was passed on. Rejects when no child could be asked. */
  async open(request: IncomingMessage, response: ServerResponse, gone: Leaving): Promise<void> {
    const { recorder, nextName, generations } = this.#options;
    const conversation = new Conversation(recorder, nextName, generations);
    const key = `e${++this.#keyCount}`;
    this.#conversations.set(key, conversation);
    let isOpen = false;
    try {
      const opened = await this.#ask(request, key, gone);
      if (!(opened instanceof SseUpstream)) {
        await passUnchanged(opened, response, undefined);
        return;
      }
      const address = await opened.first;
      const id = address === undefined ? undefined : sessionIdIn(address);
      if (address === undefined || id === undefined) passOn(opened, response);
      else {
        const onEnd = (reason: string): void => this.#end(session, reason);
        const { headers: relayHeaders, listWatch } = this.#options;
        const about = { id, key, conversation, generations, relayHeaders, listWatch, request, response };
        const session = new SseSession({ ...about, first: opened, address, onEnd });
        this.#sessions.set(id, session);
        isOpen = true;
      }
    } finally {
      if (!isOpen) this.#forget(key);
    }
  }

  /** Something FastMCP's session reported. The end of one is seen in its stream. */
  happened(key: string, event: ToldEvent, generation: number): void {
    this.#conversations.get(key)?.story.happened(event, generation);
  }

  endAll(reason: string): void {
    for (const session of [...this.#sessions.values()]) this.#end(session, reason);
  }

  async #ask(request: IncomingMessage, key: string, gone: Leaving): Promise<SseUpstream | UpstreamAnswer> {
    const { generations, headers } = this.#options;
    for (;;) {
      const upstream = await generations.wait(gone);
      const release = generations.lease(upstream.generation);
      try {
        const sent = passedHeaders(request.rawHeaders, { [headers.sessionKey]: key });
        return await SseUpstream.open(upstream, request.url ?? streamPath, sent, gone);
      } catch (error) {
        if (!gone.aborted) await generations.left(upstream.generation, lossGraceMs);
        if (gone.aborted || generations.current?.generation === upstream.generation) throw error;
      } finally {
        release();
      }
    }
  }

  #end(session: SseSession, reason: string): void {
    if (!this.#sessions.delete(session.id)) return;
    session.end();
    this.#conversations.get(session.key)?.story.close(reason);
    this.#conversations.delete(session.key);
  }

  #forget(key: string): void {
    this.#conversations.get(key)?.story.abandon();
    this.#conversations.delete(key);
  }
}

/** A stream of the server's own, which happens to be where the older transport has its. */
function passOn(stream: SseUpstream, response: ServerResponse): void {
  writeHead(stream.head, response, undefined);
  stream.listen({
    onEvent: (event) => void response.write(`${event.text}\n\n`),
    onEnd: () => void response.end(),
  });
}

/** A client of one session over HTTP that shows the events of its streams, with their ids, as they come. */
import { EventSplitter, type ServerSentEvent } from "../../src/relay/sse.ts";
import { initializeRequest } from "./mcp-dev.ts";

export type EventStream = {
  readonly status: number;
  readonly events: readonly ServerSentEvent[];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
};

export class EventClient {
  readonly #url: URL;
  readonly #headers: Record<string, string>;

  private constructor(url: URL, session: string) {
    this.#url = url;
    this.#headers = {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(session === "" ? {} : { "Mcp-Session-Id": session, "Mcp-Protocol-Version": "2025-11-25" }),
    };
  }

  static async connect(url: URL): Promise<EventClient> {
    const params = { ...initializeRequest.params, protocolVersion: "2025-11-25" };
    const opened = await new EventClient(url, "").#fetch("POST", { ...initializeRequest, params });
    await opened.text();
    const client = new EventClient(url, opened.headers.get("mcp-session-id") ?? "");
    await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return client;
  }

  /** A message whose answer is only waited for. */
  async send(message: object): Promise<string> {
    return (await this.#fetch("POST", message)).text();
  }

  call(id: number, name: string): Promise<EventStream> {
    return this.#open("POST", { jsonrpc: "2.0", id, method: "tools/call", params: withProgress(id, name) });
  }

  /** The session's stream or, after an event, the rest of the stream that it came on. */
  listen(lastEventId?: string): Promise<EventStream> {
    return this.#open("GET", undefined, lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId });
  }

  async #open(method: string, message?: object, more: Record<string, string> = {}): Promise<EventStream> {
    const leaving = new AbortController();
    const response = await this.#fetch(method, message, more, leaving.signal);
    const events: ServerSentEvent[] = [];
    const splitter = new EventSplitter((event) => events.push(event));
    const read = async (): Promise<void> => {
      for await (const chunk of response.body ?? []) splitter.push(Buffer.from(chunk as Uint8Array));
    };
    const ended = read().catch((error: unknown) => {
      if (!leaving.signal.aborted) throw error;
    });
    return { status: response.status, events, ended, leave: () => leaving.abort() };
  }

  #fetch(
    method: string,
    message?: object,
    more: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(this.#url, {
      method,
      headers: { ...this.#headers, ...more },
      ...(message === undefined ? {} : { body: JSON.stringify(message) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function withProgress(id: number, name: string): object {
  return { name, arguments: {}, _meta: { progressToken: id } };
}

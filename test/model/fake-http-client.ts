/** A client that speaks Streamable HTTP and believes nothing. */
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { readBody } from "../../src/relay/http-upstream.ts";
import { parseMessages, type Message } from "../../src/relay/json-rpc.ts";
import { EventSplitter } from "../../src/relay/sse.ts";
import { FakeClient, type Asked } from "./fake-client.ts";

export class FakeHttpClient extends FakeClient {
  readonly canHangUp = true;
  sessionId: string | undefined;
  /** Statuses of what carried no request: notifications, answers, streams, the farewell. */
  readonly statuses: number[] = [];
  /** Streams that the other side ended. */
  streamsLost = 0;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #exchanges = new Map<Asked, ClientRequest>();
  #stream: ClientRequest | undefined;

  constructor(port: number, ...rest: ConstructorParameters<typeof FakeClient>) {
    super(...rest);
    this.#port = port;
  }

  get hasStream(): boolean {
    return this.#stream !== undefined;
  }

  hangUp(asked: Asked): void {
    this.noted(`hangs up on ${asked.request.id}`);
    const exchange = this.#exchanges.get(asked);
    // What was sent together is given up together.
    for (const [one, request] of this.#exchanges) if (request === exchange) one.isAbandoned = true;
    exchange?.destroy();
  }

  openStream(): void {
    this.noted("opens its stream");
    const stream = this.#request("GET", { Accept: "text/event-stream" });
    this.#stream = stream;
    const lost = (why: string): void => {
      if (this.#stream !== stream) return;
      this.noted(`loses its stream: ${why}`);
      this.#stream = undefined;
      this.streamsLost++;
    };
    stream.on("error", () => lost("it broke"));
    stream.on("response", (response) => {
      if (response.statusCode !== 200) {
        this.noted(`gets no stream: ${response.statusCode}`);
        this.statuses.push(response.statusCode ?? 0);
        if (this.#stream === stream) this.#stream = undefined;
        response.resume();
        return;
      }
      this.#look(response);
      this.#events(response);
      response.once("error", () => undefined);
      response.once("close", () => lost("it ended"));
    });
    stream.end();
  }

  closeStream(): void {
    this.noted("closes its stream");
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  /** Says that the session is over, then leaves. */
  endSession(): Promise<void> {
    this.noted("ends its session");
    this.state = "gone";
    for (const asked of this.asked) asked.isAbandoned = true;
    return new Promise<void>((resolve) => {
      const farewell = this.#request("DELETE", {});
      farewell.on("error", () => resolve());
      farewell.on("response", (response) => {
        this.statuses.push(response.statusCode ?? 0);
        response.resume().once("close", resolve);
      });
      farewell.end();
    }).then(() => this.close());
  }

  protected override send(messages: readonly Message[], asked: readonly Asked[]): void {
    const exchange = this.#request("POST", {
      Accept: "application/json, text/event-stream",
      "Content-Type": "application/json",
    });
    for (const one of asked) this.#exchanges.set(one, exchange);
    const over = (): void => {
      for (const one of asked) one.isOver = true;
    };
    exchange.on("error", over);
    exchange.on("response", (response) => {
      this.#look(response);
      response.once("close", over).once("error", over);
      const { statusCode = 0 } = response;
      if (asked.length === 0) {
        this.statuses.push(statusCode);
        response.resume();
      } else if (statusCode !== 200) {
        this.noted(`is refused: ${statusCode}`);
        for (const one of asked) one.status = statusCode;
        if (this.state === "connecting") this.state = "refused";
        response.resume();
      } else if ((response.headers["content-type"] ?? "").includes("event-stream")) this.#events(response);
      else void readBody(response).then((body) => this.#text(body.toString()), over);
    });
    exchange.end(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  }

  protected override close(): void {
    this.#stream = undefined;
    this.#agent.destroy();
  }

  protected override take(message: Message): void {
    if (this.state !== "gone") super.take(message);
  }

  /** A session has one id for ever. */
  #look(response: IncomingMessage): void {
    const id = response.headers["mcp-session-id"];
    if (typeof id !== "string") return;
    this.sessionId ??= id;
    if (id !== this.sessionId) this.surprises.push(`${this.name}'s session ${this.sessionId} became ${id}`);
  }

  #events(response: IncomingMessage): void {
    const splitter = new EventSplitter(({ data }) => {
      if (data !== "") this.#text(data);
    });
    response.on("data", (chunk: Buffer) => splitter.push(chunk));
  }

  #text(text: string): void {
    const messages = parseMessages(text);
    if (messages === undefined) this.surprises.push(`a body that is no message: ${text}`);
    for (const message of messages ?? []) this.take(message);
  }

  #request(method: string, headers: Record<string, string>): ClientRequest {
    const { sessionId } = this;
    return httpRequest({
      host: "127.0.0.1",
      port: this.#port,
      path: "/mcp",
      method,
      agent: this.#agent,
      headers: { ...headers, ...(sessionId === undefined ? {} : { "Mcp-Session-Id": sessionId }) },
    });
  }
}

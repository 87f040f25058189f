/** A client that speaks Streamable HTTP and believes nothing. */
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { readBody } from "../../src/relay/http-upstream.ts";
import { parseMessages, type Message } from "../../src/relay/json-rpc.ts";
import { EventSplitter } from "../../src/relay/sse.ts";
import { FakeClient, type Asked } from "./fake-client.ts";

/** What carries the answers to what was sent together. */
type Exchange = {
  /** Undefined: it broke off before its end. */
  request: ClientRequest | undefined;
  readonly asked: readonly Asked[];
  /** Of the event that came last: with it, the client may come back for the rest. */
  lastEventId: string | undefined;
};

export class FakeHttpClient extends FakeClient {
  readonly canHangUp = true;
  sessionId: string | undefined;
  /** Statuses of what carried no request: notifications, answers, streams, the farewell. */
  readonly statuses: number[] = [];
  /** Streams that the other side ended. */
  streamsLost = 0;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #exchanges = new Map<Asked, Exchange>();
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
    // What was sent together is given up together.
    const exchange = this.#exchanges.get(asked);
    for (const one of exchange?.asked ?? []) one.isAbandoned = true;
    exchange?.request?.destroy();
  }

  canComeBack(asked: Asked): boolean {
    const exchange = this.#exchanges.get(asked);
    return exchange?.request !== undefined && exchange.lastEventId !== undefined;
  }

  /** Loses what carries the answer, and may come back for the rest. */
  breakOff(asked: Asked): void {
    this.noted(`loses the stream of ${asked.request.id}`);
    this.#exchanges.get(asked)?.request?.destroy();
  }

  get hasBrokenOff(): boolean {
    return this.#brokenOff().length > 0;
  }

  comeBack(): void {
    for (const exchange of this.#brokenOff()) this.#resume(exchange);
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
    const request = this.#request("POST", {
      Accept: "application/json, text/event-stream",
      "Content-Type": "application/json",
    });
    const exchange: Exchange = { request, asked, lastEventId: undefined };
    for (const one of asked) this.#exchanges.set(one, exchange);
    const over = (): void => broken(exchange, request);
    request.on("error", over);
    request.on("response", (response) => {
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
      } else if ((response.headers["content-type"] ?? "").includes("event-stream"))
        this.#events(response, exchange);
      else void readBody(response).then((body) => this.#text(body.toString()), over);
    });
    request.end(JSON.stringify(messages.length === 1 ? messages[0] : messages));
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

  #brokenOff(): Exchange[] {
    return [...new Set(this.#exchanges.values())].filter(
      ({ request, lastEventId, asked }) =>
        request === undefined && lastEventId !== undefined && asked.some(isOpen),
    );
  }

  #resume(exchange: Exchange): void {
    this.noted(`comes back for ${exchange.asked.map(({ request }) => request.id).join()}`);
    const request = this.#request("GET", {
      Accept: "text/event-stream",
      "Last-Event-ID": exchange.lastEventId ?? "",
    });
    exchange.request = request;
    const over = (): void => broken(exchange, request);
    request.on("error", over);
    request.on("response", (response) => {
      response.once("close", over).once("error", over);
      if (response.statusCode === 200) {
        this.#look(response);
        this.#events(response, exchange, true);
        return;
      }
      this.noted(`gets no rest: ${response.statusCode}`);
      // Nothing more comes. Whatever else it is, another try may do better.
      if (response.statusCode === 405) exchange.lastEventId = undefined;
      else this.statuses.push(response.statusCode ?? 0);
      response.resume();
    });
    request.end();
  }

  #events(response: IncomingMessage, exchange?: Exchange, isAgain = false): void {
    const splitter = new EventSplitter(({ data, id }) => {
      if (exchange !== undefined && id !== undefined) exchange.lastEventId = id;
      if (data !== "") this.#text(data);
      // A stream that was taken up again need not end.
      if (isAgain && exchange?.asked.some(isOpen) === false) exchange.request?.destroy();
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

/** Who has got an event may come back for the rest; else nothing more can come. */
function broken(exchange: Exchange, request: ClientRequest): void {
  if (exchange.request !== request) return;
  exchange.request = undefined;
  if (exchange.lastEventId === undefined) for (const one of exchange.asked) one.isOver = true;
}

function isOpen({ answers, isAbandoned, isCancelled }: Asked): boolean {
  return answers.length === 0 && !isAbandoned && !isCancelled;
}

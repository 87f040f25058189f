/** What a client asked and was asked, and all that came back; how messages travel is its transport's business. */
import {
  at,
  isNotification,
  isRequest,
  type Message,
  type Request,
  type Response,
} from "../../src/relay/json-rpc.ts";

/** A request of the client. */
export type Asked = {
  readonly request: Request;
  /** The generation that served when it was sent; 0 if none did. */
  readonly servedBy: number;
  readonly answers: Response[];
  isCancelled: boolean;
  /** The client will not see an answer: it hung up or left. */
  isAbandoned: boolean;
  /** Nothing more can come, over a transport that says so. */
  isOver: boolean;
  /** An HTTP status that was no answer. */
  status: number | undefined;
};

/** A request of the server. */
export type AskedByServer = {
  readonly request: Request;
  /** What the child that asked called it. */
  readonly own: { readonly generation: unknown; readonly id: unknown };
  isAnswered: boolean;
};

export type ClientState = "new" | "connecting" | "connected" | "refused" | "gone";

export abstract class FakeClient {
  readonly name: string;
  readonly asked: Asked[] = [];
  readonly askedByServer: AskedByServer[] = [];
  /** What came though it should not have. */
  readonly surprises: string[] = [];
  /** Notifications that it sent. */
  readonly notes: number[] = [];
  state: ClientState = "new";
  readonly #note: (line: string) => void;
  readonly #servedBy: () => number;
  #idCount = 0;
  #withStream = false;

  constructor(name: string, servedBy: () => number, note: (line: string) => void) {
    this.name = name;
    this.#servedBy = servedBy;
    this.#note = (line) => note(`${name} ${line}`);
  }

  /** What is sent together travels together. */
  protected abstract send(messages: readonly Message[], asked: readonly Asked[]): void;
  /** Gives an answer up without a word; over stdio there is no way to. */
  abstract hangUp(asked: Asked): void;
  abstract get canHangUp(): boolean;
  /** Opens a stream for what belongs to no request, if the transport has such a thing. */
  abstract openStream(): void;
  protected abstract close(): void;
  /** Asks for the rest of answers whose beginning it got, where the transport has such a thing. */
  abstract comeBack(): void;

  connect(clientName: string, withStream: boolean): void {
    this.state = "connecting";
    this.#withStream = withStream;
    const clientInfo = { name: clientName, version: "1" };
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: { roots: { listChanged: true } },
      clientInfo,
    };
    this.#ask([["initialize", params]]);
  }

  call(tools: readonly ("fast" | "held")[]): void {
    const from = this.name;
    this.#ask(tools.map((name) => ["tools/call", { name, arguments: { from, order: this.#order() } }]));
  }

  notify(): void {
    const order = this.#order();
    this.notes.push(order);
    this.#notify("notifications/model", { from: this.name, order });
  }

  cancel(asked: Asked): void {
    this.#note(`cancels ${asked.request.id}`);
    asked.isCancelled = true;
    this.#notify("notifications/cancelled", { requestId: asked.request.id });
  }

  reply(asked: AskedByServer): void {
    asked.isAnswered = true;
    this.#note(`answers the server's ${JSON.stringify(asked.request.id)}`);
    const result = asked.request.method === "roots/list" ? { roots: [] } : asked.own;
    this.send([{ jsonrpc: "2.0", id: asked.request.id, result }], []);
  }

  leave(): void {
    this.#note("leaves");
    this.state = "gone";
    // Who closes its end of a pipe still reads the answers.
    if (this.canHangUp) for (const asked of this.asked) asked.isAbandoned = true;
    this.close();
  }

  /** Requests that wait for their answer. */
  get open(): Asked[] {
    return this.asked.filter((one) => one.answers.length === 0 && !one.isOver && !one.isAbandoned);
  }

  protected take(message: Message): void {
    if (isRequest(message)) {
      this.#note(`is asked ${JSON.stringify(message.id)}`);
      const own = { generation: at(message.params, "generation"), id: at(message.params, "id") };
      this.askedByServer.push({ request: message, own, isAnswered: false });
    } else if (!isNotification(message)) this.#answered(message);
  }

  protected noted(line: string): void {
    this.#note(line);
  }

  protected established(): void {
    this.state = "connected";
    this.#notify("notifications/initialized", {});
    if (this.#withStream) this.openStream();
  }

  #ask(requests: readonly (readonly [method: string, params: Record<string, unknown>])[]): void {
    const asked = requests.map(([method, params]): Asked => {
      const id = this.#idCount++;
      this.#note(`asks ${id} ${method === "tools/call" ? String(params["name"]) : method}`);
      const request = {
        jsonrpc: "2.0",
        id,
        method,
        params: { ...params, _meta: { progressToken: id } },
      } as const;
      const servedBy = this.#servedBy();
      const outcome = { isCancelled: false, isAbandoned: false, isOver: false, status: undefined };
      return { request, servedBy, answers: [], ...outcome };
    });
    this.asked.push(...asked);
    this.send(
      asked.map(({ request }) => request),
      asked,
    );
  }

  #notify(method: string, params: Record<string, unknown>): void {
    this.send([{ jsonrpc: "2.0", method, params }], []);
  }

  #answered(response: Response): void {
    const asked = this.asked.find(({ request }) => request.id === response.id);
    const what = response.error?.message ?? JSON.stringify(response.result);
    this.#note(`gets ${response.id}: ${what.slice(0, 60)}`);
    if (asked === undefined)
      this.surprises.push(`an answer to ${response.id}, which ${this.name} never asked`);
    asked?.answers.push(response);
    if (asked?.request.method !== "initialize" || this.state !== "connecting") return;
    if (response.error === undefined) this.established();
    else this.state = "refused";
  }

  /** Counts what it sends, so that a child can tell the order. */
  #order(): number {
    return this.#sent++;
  }
  #sent = 1;
}

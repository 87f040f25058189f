/** A duplex session with children that do only what a test says: who was sent what, who was answered what. */
import type { RecordInput } from "../../../src/log/record.ts";
import { Conversation } from "../../../src/relay/conversation.ts";
import { DuplexSession } from "../../../src/relay/duplex-session.ts";
import { Generations, type Bounds } from "../../../src/relay/generations.ts";
import { ListWatch } from "../../../src/relay/list-watch.ts";
import {
  isRequest,
  isResponse,
  parseMessages,
  type Id,
  type Message,
  type Request,
  type Response,
} from "../../../src/relay/json-rpc.ts";

export class FakeChild {
  readonly generation: number;
  readonly received: Message[] = [];
  toSession: ((text: string) => boolean) | undefined;
  closed = false;

  constructor(generation: number) {
    this.generation = generation;
  }

  /** Requests that it was sent and has not answered. */
  readonly pending: Request[] = [];

  take(text: string): void {
    for (const message of parseMessages(text) ?? []) {
      this.received.push(message);
      if (isRequest(message)) this.pending.push(message);
    }
  }

  say(message: Message): void {
    this.toSession?.(JSON.stringify(message));
  }

  answer(index = 0): void {
    if (this.toSession === undefined) return;
    const [request] = this.pending.splice(index, 1);
    if (request === undefined) return;
    this.say({ jsonrpc: "2.0", id: request.id, result: this.#result(request.method) });
  }

  /** Each generation has another tool. */
  #result(method: string): object {
    if (method === "initialize") return { protocolVersion: "2025-06-18" };
    if (method === "tools/list") return { tools: [{ name: `tool${this.generation}` }] };
    return { by: this.generation };
  }

  methods(): string[] {
    return this.received.map((message) => ("method" in message ? message.method : "answer"));
  }
}

export class DuplexModel {
  readonly records: RecordInput[] = [];
  readonly toClient: Message[] = [];
  readonly children: FakeChild[] = [];
  /** Requests that a child got after another one had begun to serve. */
  readonly misdirected: Id[] = [];
  readonly generations: Generations<FakeChild>;
  readonly session: DuplexSession<FakeChild>;
  #ids = 0;

  constructor(bounds: Bounds = { waitTimeoutMs: 60_000, waitingMax: 1000 }) {
    this.generations = new Generations(bounds);
    const recorder = (record: RecordInput): void => void this.records.push(record);
    const conversation = new Conversation(recorder, () => "s1", this.generations);
    this.session = new DuplexSession({
      conversation,
      generations: this.generations,
      open: (child, onMessage) => {
        const opened = Promise.resolve({
          send: (text: string) => this.#deliver(child, text),
          close: () => (child.closed = true),
        });
        // A pipe is read a turn of the event loop later at the earliest.
        void opened.then(() => queueMicrotask(() => (child.toSession = onMessage)));
        return opened;
      },
      toClient: (text) => this.toClient.push(...(parseMessages(text) ?? [])),
      onEstablished: (generation) => {
        conversation.story.open({ transport: "stdio", generation });
        conversation.story.happened({ event: "ready" }, generation);
      },
      listWatch: new ListWatch(this.generations),
    });
    this.generations.onChange((current, lost) => {
      if (lost !== undefined) this.session.lost(lost.generation, lost.why);
      else if (current !== undefined) void this.session.switched();
    });
  }

  #deliver(child: FakeChild, text: string): void {
    const [message] = parseMessages(text) ?? [];
    const ofClient = message !== undefined && isRequest(message) && typeof message.id === "number";
    if (ofClient && child !== this.current) this.misdirected.push(message.id);
    child.take(text);
  }

  get current(): FakeChild | undefined {
    return this.generations.current;
  }

  serve(): FakeChild {
    const child = new FakeChild(this.children.length + 1);
    this.children.push(child);
    this.generations.use(child);
    return child;
  }

  crash(child: FakeChild): void {
    child.toSession = undefined;
    child.pending.length = 0;
    this.generations.lose(child.generation, "it crashed");
  }

  send(message: Message): void {
    this.session.fromClient(JSON.stringify(message));
  }

  request(method = "tools/call"): Id {
    const id = ++this.#ids;
    this.send({ jsonrpc: "2.0", id, method });
    return id;
  }

  cancel(requestId: Id): void {
    this.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
  }

  answersTo(id: Id): Response[] {
    return this.toClient.filter(isResponse).filter((response) => response.id === id);
  }

  /** Lets everything happen that waits for nothing. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Past the handshake, in a first child. */
  async established(): Promise<FakeChild> {
    const child = this.serve();
    this.request("initialize");
    await this.settle();
    child.answer();
    this.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    await this.settle();
    return child;
  }
}

/** A fake child that serves over standard input and output. */
import type { StdioFront } from "../../src/dev/stdio-front.ts";
import { parseMessages, type Message } from "../../src/relay/json-rpc.ts";
import type { FakeChild } from "./fake-child.ts";
import { FakeServer, type FakeSession, type Outlet } from "./fake-server.ts";
import { after } from "./turns.ts";

export class FakeStdioChild implements FakeChild {
  readonly server = new FakeServer();
  readonly #front: StdioFront;
  readonly #outlet: Outlet = {
    carriesAsks: true,
    isBroken: () => !this.server.isAlive,
    send: (message) => this.#send(message),
    forget: () => undefined,
  };
  readonly #session: FakeSession = { name: "", stream: this.#outlet, askCount: 0, isInitialized: false };
  #inputIsOpen = true;

  constructor(front: StdioFront) {
    this.#front = front;
    this.server.sessions.push(this.#session);
  }

  serve(): void {
    const { generation } = this.server;
    const write = (text: string): void => this.#take(text);
    this.#front.serve({ generation, write, closeInput: () => (this.#inputIsOpen = false) });
  }

  crash(): void {
    this.server.isAlive = false;
  }

  end(): void {
    this.server.isAlive = false;
  }

  /** A pipe is read a turn of the event loop after it is written, at the earliest. */
  #take(text: string): void {
    if (!this.#inputIsOpen) return;
    const messages = parseMessages(text) ?? [];
    after(1, () => {
      if (!this.server.isAlive) this.server.unread.push(...messages);
      for (const message of messages) this.#handle(message);
    });
  }

  #handle(message: Message): void {
    this.server.take(this.#session, message, this.#outlet);
    if (!("method" in message) || message.method !== "initialize") return;
    const { generation, behaviour } = this.server;
    for (const event of ["connect", "ready"] as const)
      after(behaviour.reportTurns, () => this.#front.happened({ event }, generation));
  }

  #send(message: Message): boolean {
    after(1, () => {
      if (this.server.isAlive) this.#front.takeLine(this.server.generation, JSON.stringify(message));
    });
    return this.server.isAlive;
  }
}

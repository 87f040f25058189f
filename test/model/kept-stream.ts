/** The answer to a POST as a server with an event store gives it: a client that has lost the rest comes back for it. */
import type { ServerResponse } from "node:http";
import type { Message } from "../../src/relay/json-rpc.ts";
import { formatEvent } from "../../src/relay/sse.ts";
import type { Outlet } from "./fake-server.ts";

export class KeptStream implements Outlet {
  readonly carriesAsks = true;
  readonly #name: string;
  readonly #messages: Message[] = [];
  #left: number;
  #reader: ServerResponse | undefined;

  /** @param name no other stream's begins so. @param count of the answers that it waits for. */
  constructor(response: ServerResponse, name: string, count: number, head: Record<string, string>) {
    this.#name = name;
    this.#left = count;
    this.#read(response, head);
    // The first event says nothing but its id.
    response.write(formatEvent({ id: this.#id(0), data: "" }));
  }

  has(eventId: string): boolean {
    return eventId.startsWith(`${this.#name}_`);
  }

  get isRead(): boolean {
    return this.#reader !== undefined;
  }

  /** What came after that event, and what comes. Of a stream that was complete before, nobody finds the end: so it is with the SDK. */
  resume(response: ServerResponse, lastId: string): void {
    this.#read(response, {});
    for (let at = Number(lastId.slice(this.#name.length + 1)); at < this.#messages.length; at++)
      this.#write(at);
  }

  send(message: Message): boolean {
    this.#messages.push(message);
    this.#write(this.#messages.length - 1);
    if (!("method" in message)) this.forget();
    return true;
  }

  forget(): void {
    this.#left--;
    if (this.#left === 0) this.#reader?.end();
  }

  isBroken(): boolean {
    return this.#left > 0 && !this.isRead;
  }

  sendHalf(): void {
    this.#reader?.write(`event: message\nid: ${this.#id(this.#messages.length + 1)}\ndata: {"jsonrpc"`);
  }

  #read(response: ServerResponse, head: Record<string, string>): void {
    this.#reader = response;
    response.once("close", () => {
      if (this.#reader === response) this.#reader = undefined;
    });
    response.writeHead(200, { ...head, "Content-Type": "text/event-stream" }).flushHeaders();
  }

  #write(at: number): void {
    const data = JSON.stringify(this.#messages[at]);
    this.#reader?.write(formatEvent({ event: "message", id: this.#id(at + 1), data }));
  }

  #id(count: number): string {
    return `${this.#name}_${count}`;
  }
}

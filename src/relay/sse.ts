/** Server-sent events: cuts a byte stream into events without changing them, and writes events. */
import { LineSplitter } from "./lines.ts";

export type ServerSentEvent = {
  /** The event as it came, without the empty line that ends it. */
  readonly text: string;
  readonly event: string;
  /** The `data` lines joined by line feeds; "" for a comment or an event without data. */
  readonly data: string;
  readonly id?: string;
};

/** Follows https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export class EventSplitter {
  readonly #onEvent: (event: ServerSentEvent) => void;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  #pending: string[] = [];

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** The stream is over. An event whose empty line never came is not an event (the standard discards it). */
  end(): void {
    this.#pending = [];
  }

  #line(line: string): void {
    if (line !== "") {
      this.#pending.push(line);
      return;
    }
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    this.#onEvent(parse(lines));
  }
}

function parse(lines: readonly string[]): ServerSentEvent {
  let event = "message";
  let id: string | undefined;
  const data: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  }
  return { text: lines.join("\n"), event, data: data.join("\n"), ...(id === undefined ? {} : { id }) };
}

export function formatEvent(event: {
  readonly event?: string;
  readonly id?: string;
  readonly data: string;
}): string {
  const lines = event.data.split("\n").map((line) => `data: ${line}`);
  if (event.id !== undefined) lines.unshift(`id: ${event.id}`);
  if (event.event !== undefined) lines.unshift(`event: ${event.event}`);
  return `${lines.join("\n")}\n\n`;
}

/** Serves one client over standard input and output. */
import type { Readable, Writable } from "node:stream";
import type { Recorder } from "../log/record.ts";
import { Generations, type Bounds } from "../relay/generations.ts";
import { beforeMessage } from "../relay/glued-line.ts";
import { StdioEndpoint, type ClientEnd, type StdioUpstream } from "../relay/stdio-endpoint.ts";
import type { ChildProcess } from "./child-process.ts";
import type { Front, ReportedEvent } from "./front.ts";

export type StdioFrontOptions = {
  readonly input: Readable;
  readonly output: Writable;
  readonly recorder: Recorder;
  readonly nextName: () => string;
  readonly bounds: Bounds;
  /** How long a client that has closed its end is still answered. */
  readonly drainTimeoutMs: number;
};

export class StdioFront implements Front {
  readonly transport = "stdio";
  readonly address = { host: "127.0.0.1", port: 0 };
  readonly #generations: Generations<StdioUpstream>;
  readonly #endpoint: StdioEndpoint;
  readonly #receivers = new Map<number, (text: string) => boolean>();

  constructor({ bounds, ...options }: StdioFrontOptions) {
    this.#generations = new Generations(bounds);
    this.#endpoint = new StdioEndpoint({ ...options, generations: this.#generations });
  }

  /** Resolves when the client has closed its end, and what it asked before was answered. */
  get closedByClient(): Promise<ClientEnd> {
    return this.#endpoint.closed;
  }

  serve(child: Pick<ChildProcess, "generation" | "write" | "closeInput">): void {
    const { generation } = child;
    this.#generations.use({
      generation,
      open: (onMessage) => {
        this.#receivers.set(generation, onMessage);
        return { send: (text) => child.write(text), close: () => child.closeInput() };
      },
    });
  }

  takeLine(generation: number, line: string): string {
    // Nobody waits for what a child says that does not serve yet, or any more.
    const receive = this.#receivers.get(generation) ?? ((text: string): boolean => text === line);
    return beforeMessage(line, receive);
  }

  happened(event: ReportedEvent, generation: number): void {
    // The pipe is the session: it ends when the client closes it, not when a child does.
    if (event.event !== "disconnect") this.#endpoint.happened(event, generation);
  }

  get lastCallAt(): number {
    return this.#generations.lastCallAt;
  }

  drained(generation: number): Promise<void> {
    return this.#generations.drained(generation);
  }

  lose(generation: number, why: string): void {
    this.#generations.lose(generation, why);
    this.#receivers.delete(generation);
  }

  explain(why: string): void {
    this.#generations.explain(why);
  }

  close(reason: string): Promise<void> {
    this.#endpoint.close(reason);
    return Promise.resolve();
  }
}

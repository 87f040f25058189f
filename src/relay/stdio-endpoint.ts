/** The client's pipe: one session on standard input and output, for as long as the client keeps it open. */
import type { Readable, Writable } from "node:stream";
import type { Recorder } from "../log/record.ts";
import type { Channel } from "./child-link.ts";
import { Conversation } from "./conversation.ts";
import { DuplexSession } from "./duplex-session.ts";
import type { Generations, Upstream } from "./generations.ts";
import { LineSplitter } from "./lines.ts";
import { ListWatch } from "./list-watch.ts";
import type { ToldEvent } from "./session-story.ts";

/** A child that serves over its standard input and output. */
export type StdioUpstream = Upstream & {
  /** Lines of the child's standard output that may be messages go to `onMessage` from now on; it says if they are. */
  readonly open: (onMessage: (text: string) => boolean) => Channel;
};

export type StdioEndpointOptions = {
  readonly input: Readable;
  readonly output: Writable;
  readonly generations: Generations<StdioUpstream>;
  readonly recorder: Recorder;
  readonly nextName: () => string;
  /** How long a client that has closed its end is still answered. */
  readonly drainTimeoutMs: number;
};

/** How the client left: `heard` if it ever said something. */
export type ClientEnd = { readonly heard: boolean };

export class StdioEndpoint {
  readonly #conversation: Conversation;
  readonly #session: DuplexSession<StdioUpstream>;
  readonly #input: Readable;
  #onAnswer: () => void = () => undefined;
  /** Resolves when the client has closed its end, and what it asked before was answered. */
  readonly closed: Promise<ClientEnd>;

  constructor(options: StdioEndpointOptions) {
    const { input, output, generations, recorder, nextName, drainTimeoutMs } = options;
    const conversation = new Conversation(recorder, nextName, generations);
    this.#conversation = conversation;
    this.#input = input;
    this.#session = new DuplexSession({
      conversation,
      generations,
      open: (upstream, onMessage) => Promise.resolve(upstream.open(onMessage)),
      toClient: (text) => {
        output.write(`${text}\n`);
        this.#onAnswer();
      },
      onEstablished: (generation) => this.#opened(generation),
      listWatch: new ListWatch(generations),
    });
    generations.onChange((current, lost) => {
      if (lost !== undefined) this.#session.lost(lost.generation, lost.why);
      else if (current !== undefined) void this.#session.switched();
    });
    this.closed = new Promise((resolve) => {
      let heard = false;
      const left = (): void => resolve({ heard });
      const lines = new LineSplitter((line) => {
        if (line === "") return;
        heard = true;
        this.#session.fromClient(line);
      });
      input.on("data", (chunk: Buffer) => lines.push(chunk));
      input.once("end", () => {
        lines.end();
        void this.#answered(drainTimeoutMs).then(left);
      });
      input.once("error", left).once("close", () => {
        if (!input.readableEnded) left();
      });
      // A client that closes only its reading end has left too.
      output.once("error", left);
      // Whoever read it before may have paused it.
      input.resume();
    });
  }

  /** Something FastMCP's session reported. */
  happened(event: ToldEvent, generation: number): void {
    this.#conversation.story.happened(event, generation);
  }

  close(reason: string): void {
    this.#session.end();
    // A client that keeps its end open must not keep this process alive.
    this.#input.destroy();
    this.#conversation.story.close(reason);
  }

  #opened(generation: number): void {
    const { client, protocolVersion } = this.#conversation.established;
    this.#conversation.story.open({ transport: "stdio", generation, client, protocolVersion });
  }

  /** Resolves when nothing that the client asked is open, or after `timeoutMs`. */
  #answered(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, timeoutMs).unref();
      this.#onAnswer = (): void => {
        if (this.#session.isIdle) resolve();
      };
      this.#onAnswer();
    });
  }
}

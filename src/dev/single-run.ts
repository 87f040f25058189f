/** Runs a server once, for one client and without reload: one child, told how to serve, and ended. */
import { basename } from "node:path";
import type { AskedStart, ErrorReport, FromChild, UpstreamTransport } from "../child/messages.ts";
import { CliError } from "../cli-error.ts";
import { LineSplitter } from "../relay/lines.ts";
import { ChildProcess } from "./child-process.ts";
import type { Entry } from "./entry.ts";
import { Environment, environmentFiles } from "./environment.ts";
import { endedTruth, idleTruth } from "./idle-truth.ts";
import { SignIns } from "./sign-ins.ts";
import { sourceFrame } from "./source-frame.ts";

export type SingleRunOptions = {
  readonly entry: Entry;
  readonly args: readonly string[];
  readonly transport: UpstreamTransport;
  /** What the server prints, line by line, apart from the protocol. */
  readonly onOutput: (line: string) => void;
  readonly onMessage?: (message: FromChild) => void;
  readonly signal: AbortSignal;
};

export type Served = { readonly asked: AskedStart; readonly port: number | undefined };

/** Longer than the slowest import that a person would wait for. */
const startTimeoutMs = 30_000;

export class SingleRun {
  readonly #child: ChildProcess;
  readonly #options: SingleRunOptions;
  readonly #served: Promise<Served>;
  #serve: (served: Served) => void = () => undefined;
  #refuse: (error: CliError) => void = () => undefined;
  readonly #signIns = new SignIns();
  #asked: AskedStart | undefined;
  #onLine: ((line: string) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #error: ErrorReport | undefined;
  /** What it looks like as long as it does not start. */
  #idle: string | undefined;

  constructor(options: SingleRunOptions) {
    this.#options = options;
    this.#served = new Promise((resolve, reject) => {
      this.#serve = resolve;
      this.#refuse = reject;
    });
    // A server that ends while nobody waits for its start is no failure of ours.
    this.#served.catch(() => undefined);
    const { entry, args, transport } = options;
    const files = environmentFiles([], entry.project, process.cwd());
    this.#child = new ChildProcess(entry, {
      type: "prepare",
      entry: entry.file,
      loader: entry.loader,
      args,
      env: new Environment(files, false).variables(),
      guardStdout: transport === "stdio",
      warmUp: false,
      imported: { modules: [], packages: [], names: [] },
    });
  }

  /**
   * Resolves when the server answers.
   * @throws CliError with what went wrong and where.
   */
  async start(): Promise<Served> {
    const { signal } = this.#options;
    const output = new LineSplitter((line) => this.#options.onOutput(line));
    const protocol = new LineSplitter((line) => this.#received(line));
    this.#child.run(1, {
      onMessage: (message) => this.#reported(message),
      onStdout: (chunk) => protocol.push(chunk),
      onStderr: (chunk) => output.push(chunk),
      onExit: (how) => {
        protocol.end();
        output.end();
        this.#fail(this.#error ?? { name: "Error", message: endedTruth("it", how) });
        this.#onEnd?.();
      },
    });
    const cancel = (): void => this.#refuse(new CliError("cancelled"));
    signal.addEventListener("abort", cancel);
    const timer = setTimeout(() => {
      const message = this.#idle ?? `it has not served within ${startTimeoutMs / 1000} s`;
      this.#fail({ name: "Error", message });
    }, startTimeoutMs);
    try {
      return await this.#served;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Only over stdio. */
  listen(onLine: (line: string) => void, onEnd: () => void): void {
    this.#onLine = onLine;
    this.#onEnd = onEnd;
  }

  write(line: string): void {
    this.#child.write(line);
  }

  end(): Promise<void> {
    return this.#child.end();
  }

  #received(line: string): void {
    if (this.#onLine !== undefined && line.startsWith("{")) this.#onLine(line);
    else if (line !== "") this.#options.onOutput(line);
  }

  #reported(message: FromChild): void {
    this.#options.onMessage?.(message);
    const { transport, onOutput } = this.#options;
    if (message.type === "starting") {
      this.#asked = message.asked;
      this.#child.send({ type: "serve", transport, host: "127.0.0.1", port: message.asked.port });
    } else if (message.type === "serving" && this.#asked !== undefined) {
      this.#serve({ asked: this.#asked, port: message.port });
    } else if (message.type === "failed") {
      this.#error = message.error;
      this.#fail(message.error);
    } else if (message.type === "handled") {
      this.#error = message.error;
    } else if (message.type === "idle") {
      this.#idle = idleTruth(message, basename(this.#options.entry.file));
      // One that listens by other means will not; one that connects to a database may take its time.
      if (message.ended || (message.ports.length > 0 && message.importing === undefined))
        this.#fail(this.#error ?? { name: "Error", message: this.#idle });
    } else if (message.type === "noise") {
      onOutput(message.text.replace(/\n$/, ""));
    } else if (message.type === "signIns") {
      this.#child.send({ type: "signIns", ...this.#signIns.answer(message) });
    } else if (message.type === "restoring") {
      const { key } = message;
      this.#child.send({ type: "state", ...(key === undefined ? {} : { key }), states: new Map() });
    }
  }

  #fail(error: ErrorReport): void {
    const place = sourceFrame(error, this.#options.entry.project);
    const hint = place === undefined ? {} : { hint: `${place.file}:${place.line}:${place.column}` };
    this.#refuse(new CliError(`the server did not start: ${error.message}`, hint));
  }
}

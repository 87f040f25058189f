/** The dev server: all its parts, and how they are wired to each other. */
import { relative } from "node:path";
import type { AskedStart, ErrorReport, FromChild, UpstreamTransport } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import { LineSplitter } from "../relay/lines.ts";
import { ServerLists } from "./server-lists.ts";
import { serialNames } from "../relay/session-names.ts";
import { Environment, environmentFiles } from "./environment.ts";
import type { Front } from "./front.ts";
import { HttpFront } from "./http-front.ts";
import type { DevOptions } from "./options.ts";
import { sourceFrame } from "./source-frame.ts";
import { StdioFront } from "./stdio-front.ts";
import { Supervisor } from "./supervisor.ts";
import type { Cause } from "./supervisor-options.ts";
import { Watcher } from "./watcher.ts";

export type DevEvents = {
  readonly recorder: Recorder;
  /** The first child serves, or the endpoint is up without one. Called again when the address changes. */
  readonly onListening: (about: { readonly asked: AskedStart | undefined; readonly front: Front }) => void;
  /** The one client of stdio has left. */
  readonly onClientLeft: () => void;
  /** The command cannot go on, such as when its port cannot be had. */
  readonly onFatal: (error: Error) => void;
};

/** What a warm child has loaded may be another one after a change of these. */
const packageFile = /(?:package(?:-lock)?\.json|tsconfig\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/;
const defaultHttpPortBounds = { waitTimeoutMs: 20_000, waitingMax: 1000 };

export class DevServer {
  readonly #options: DevOptions;
  readonly #events: DevEvents;
  readonly #supervisor: Supervisor;
  readonly #watcher: Watcher;
  readonly #nextName = serialNames();
  readonly #lines = new Map<string, LineSplitter>();
  readonly #lists: ServerLists;
  #front: Front | undefined;
  #serving: number | undefined;
  #hasServed = false;
  #fastmcpVersion: string | undefined;

  constructor(options: DevOptions, events: DevEvents) {
    this.#options = options;
    this.#events = events;
    this.#lists = new ServerLists(events.recorder);
    const { entry, serverArgs, environment, standby, drainTimeoutMs } = options;
    const files = environmentFiles(environment, entry.project, options.cwd);
    const variables = new Environment(files, environment.length > 0);
    this.#supervisor = new Supervisor({
      entry,
      args: serverArgs,
      environment: () => variables.variables(),
      guardStdout: options.transport !== "httpStream",
      standby,
      drainTimeoutMs,
      events: {
        onStarting: (generation, cause) => this.#starting(generation, cause),
        onAsked: (asked) => this.#asked(asked),
        onServing: (child, asked, port, cause) => {
          this.#front?.serve(child, asked, port);
          this.#served(child.generation, asked, cause);
        },
        onFailed: (generation, error, cause) => void this.#failed(generation, error, cause),
        onCrashed: (generation, error) => this.#crashed(generation, error),
        drained: (generation) => this.#front?.drained(generation) ?? Promise.resolve(),
        onLeaving: (generation, finished) => this.#leaving(generation, finished),
        onMessage: (message, generation) => this.#reported(message, generation),
        onOutput: (stream, chunk, generation) => this.#printed(stream, chunk, generation),
      },
    });
    this.#watcher = new Watcher({
      project: entry.project,
      entryFile: entry.file,
      environmentFiles: files,
      watchGlobs: options.watchGlobs,
      ignoreGlobs: options.ignoreGlobs,
      onChange: () => this.#supervisor.supersede(),
      onSave: (saved, at) => this.#saved(saved, at),
      onError: ({ message }) => {
        const hint = "saves there are not noticed; --ignore <glob> leaves it out";
        events.recorder({
          kind: "error",
          body: { message: `cannot watch everything: ${message} (${hint})` },
        });
      },
    });
    if (options.transport === "stdio") this.#front = this.#stdioFront();
  }

  get fastmcpVersion(): string | undefined {
    return this.#fastmcpVersion;
  }

  start(): void {
    this.#supervisor.start({ at: this.#options.startedAt, files: [] });
  }

  /** Ends every session, child and listener. Resolves when all are gone. */
  async close(reason: string): Promise<void> {
    await this.#watcher.close();
    await this.#front?.close(reason);
    await this.#supervisor.stop();
    for (const splitter of this.#lines.values()) splitter.end();
  }

  #starting(generation: number, { files }: Cause): void {
    const body = files.length === 0 ? {} : { files: this.#relative(files) };
    this.#events.recorder({ kind: "reload", event: "started", generation, ...body });
  }

  /** The server says how it wants to be served; what the command line says comes first. */
  async #asked(asked: AskedStart): Promise<{ transport: UpstreamTransport; host: string; port: number }> {
    this.#front ??= this.#frontFor(this.#transportFor(asked));
    // Clients know the address from then on: it stays, whatever a later save asks for.
    if (this.#front instanceof HttpFront && !this.#hasServed) await this.#listen(this.#front, asked);
    return { transport: this.#front.transport, ...this.#front.address };
  }

  async #listen(front: HttpFront, asked: AskedStart | undefined): Promise<void> {
    try {
      await front.listen(asked);
    } catch (error) {
      this.#events.onFatal(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  #transportFor(asked: AskedStart): UpstreamTransport {
    const { transport, inputIsTerminal } = this.#options;
    if (transport !== undefined) return transport;
    // A person at a terminal speaks no JSON-RPC.
    return inputIsTerminal ? "httpStream" : asked.transport;
  }

  #frontFor(transport: UpstreamTransport): Front {
    if (transport === "stdio") return this.#stdioFront();
    const { host, port, strictPort, allowedHosts } = this.#options;
    return new HttpFront({
      recorder: this.#events.recorder,
      nextName: this.#nextName,
      bounds: this.#bounds(),
      host,
      port,
      strictPort,
      allowedHosts,
    });
  }

  #stdioFront(): StdioFront {
    const front = new StdioFront({
      input: process.stdin,
      output: process.stdout,
      recorder: this.#events.recorder,
      nextName: this.#nextName,
      bounds: this.#bounds(),
    });
    void front.closedByClient.then(() => this.#events.onClientLeft());
    return front;
  }

  #bounds(): typeof defaultHttpPortBounds {
    return { ...defaultHttpPortBounds, waitTimeoutMs: this.#options.waitTimeoutMs };
  }

  #served(generation: number, asked: AskedStart, cause: Cause): void {
    const first = !this.#hasServed;
    this.#hasServed = true;
    this.#serving = generation;
    this.#events.recorder({
      kind: "reload",
      event: "serving",
      generation,
      duration_ms: Date.now() - cause.at,
      ...(cause.files.length === 0 ? {} : { files: this.#relative(cause.files) }),
    });
    if (first && this.#front !== undefined) this.#events.onListening({ asked, front: this.#front });
  }

  async #failed(generation: number, error: ErrorReport, cause: Cause): Promise<void> {
    const { name, message, stack } = error;
    const frame = sourceFrame(error, this.#options.entry.project);
    this.#events.recorder({
      kind: "reload",
      event: "failed",
      generation,
      duration_ms: Date.now() - cause.at,
      ...(cause.files.length === 0 ? {} : { files: this.#relative(cause.files) }),
      body: {
        name,
        message,
        ...(stack === undefined ? {} : { stack }),
        ...frame,
        ...(this.#serving === undefined ? {} : { servingGeneration: this.#serving }),
      },
    });
    if (this.#serving === undefined) await this.#waitForGoodSave(message);
  }

  /** The very first start failed: the endpoint is up all the same, so that clients can wait for the save that mends it. */
  async #waitForGoodSave(why: string): Promise<void> {
    const { transport, inputIsTerminal } = this.#options;
    if (this.#front === undefined && (transport === "httpStream" || inputIsTerminal)) {
      const front = this.#frontFor("httpStream");
      this.#front = front;
      if (front instanceof HttpFront) {
        await this.#listen(front, undefined).catch(() => undefined);
        this.#events.onListening({ asked: undefined, front });
      }
    }
    this.#front?.explain(why);
  }

  #crashed(generation: number, error: ErrorReport): void {
    const { message, stack } = error;
    if (this.#serving === generation) this.#serving = undefined;
    this.#events.recorder({
      kind: "error",
      generation,
      body: { message, ...(stack === undefined ? {} : { stack }) },
    });
    this.#front?.lose(generation, `The MCP server crashed while it handled this request: ${message}`);
  }

  #leaving(generation: number, finished: boolean): void {
    const { drainTimeoutMs } = this.#options;
    this.#front?.lose(
      generation,
      finished
        ? "replaced"
        : `The MCP server was reloaded, and this request was still running after ${drainTimeoutMs} ms`,
    );
  }

  #reported(message: FromChild, generation: number): void {
    switch (message.type) {
      case "version":
        this.#fastmcpVersion = message.fastmcp;
        break;
      case "session":
        this.#front?.happened(message, generation);
        break;
      case "lists":
        if (generation === this.#serving) this.#lists.reported(message.answers, generation);
        break;
      case "imported":
        this.#watcher.addImported(message.files);
        break;
      case "noise":
        this.#noise(message.text, generation, message.source);
        break;
      case "starting":
      case "serving":
      case "failed":
      case "warm":
    }
  }

  #noise(text: string, generation: number, source: string | undefined): void {
    // Before the transport is known a server may still turn out to be served over HTTP, where this is only output.
    const kind = this.#front?.transport === "httpStream" ? "output" : "noise";
    const body = text.replace(/\n$/, "");
    this.#events.recorder({
      kind,
      stream: "stdout",
      generation,
      ...(source === undefined ? {} : { source }),
      body,
    });
  }

  #printed(stream: "stdout" | "stderr", chunk: Buffer, generation: number): void {
    const key = `${generation} ${stream}`;
    let splitter = this.#lines.get(key);
    if (splitter === undefined) {
      splitter = new LineSplitter((line) => this.#printedLine(stream, line, generation));
      this.#lines.set(key, splitter);
    }
    splitter.push(chunk);
  }

  #printedLine(stream: "stdout" | "stderr", line: string, generation: number): void {
    if (stream === "stdout" && this.#front?.takeLine(generation, line) === true) return;
    if (line === "") return;
    if (stream === "stdout" && this.#front?.transport !== "httpStream")
      this.#noise(line, generation, undefined);
    else this.#events.recorder({ kind: "output", stream, generation, body: line });
  }

  #saved(files: readonly string[], at: number): void {
    if (files.some((file) => packageFile.test(file))) this.#supervisor.discardStandbys();
    this.#supervisor.start({ at, files });
  }

  #relative(files: readonly string[]): string[] {
    return files.map((file) => relative(this.#options.entry.project, file));
  }
}

/** The dev server: all its parts, and how they are wired to each other. */
import type { ChildProcess } from "./child-process.ts";
import type { AskedStart, ErrorReport, FromChild, UpstreamTransport } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import { LineSplitter } from "../relay/lines.ts";
import { serialNames } from "../relay/session-names.ts";
import { Environment, environmentFiles } from "./environment.ts";
import type { Front } from "./front.ts";
import { HttpFront } from "./http-front.ts";
import type { DevOptions } from "./options.ts";
import { errorRecord, failedRecord, servingRecord, startedRecord } from "./reload-records.ts";
import { Saves } from "./saves.ts";
import { SessionStates } from "./session-states.ts";
import { StdioFront } from "./stdio-front.ts";
import { Supervisor } from "./supervisor.ts";
import type { Cause } from "./supervisor-options.ts";

export type DevEvents = {
  readonly recorder: Recorder;
  /** The first child serves, or the endpoint is up without one. Called again when the address changes. */
  readonly onListening: (about: { readonly asked: AskedStart | undefined; readonly front: Front }) => void;
  /** The one client of stdio has left. */
  readonly onClientLeft: () => void;
  /** The command cannot go on, such as when its port cannot be had. */
  readonly onFatal: (error: Error) => void;
};

const defaultHttpPortBounds = { waitTimeoutMs: 20_000, waitingMax: 1000 };

export class DevServer {
  readonly #options: DevOptions;
  readonly #events: DevEvents;
  readonly #supervisor: Supervisor;
  readonly #saves: Saves;
  readonly #nextName = serialNames();
  readonly #states = new SessionStates();
  readonly #lines = new Map<string, LineSplitter>();
  #front: Front | undefined;
  #serving: number | undefined;
  #hasServed = false;
  #saidStateLost = false;
  #fastmcpVersion: string | undefined;

  constructor(options: DevOptions, events: DevEvents) {
    this.#options = options;
    this.#events = events;
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
        onStarting: (generation, cause) => {
          this.#saves.serverRan();
          events.recorder(startedRecord(generation, cause, entry.project));
        },
        onAsked: (asked) => this.#asked(asked),
        onServing: (child, asked, port, cause) => {
          this.#front?.serve(child, asked, port);
          this.#served(child.generation, asked, cause);
        },
        onFailed: (generation, error, cause) => void this.#failed(generation, error, cause),
        onCrashed: (generation, error) => this.#crashed(generation, error),
        drained: (generation) => this.#front?.drained(generation) ?? Promise.resolve(),
        onLeaving: (generation, finished) => this.#leaving(generation, finished),
        onMessage: (message, child) => this.#reported(message, child),
        onOutput: (stream, chunk, generation) => this.#printed(stream, chunk, generation),
      },
    });
    const { watchGlobs, ignoreGlobs } = options;
    this.#saves = new Saves({
      project: entry.project,
      entryFile: entry.file,
      environmentFiles: files,
      watchGlobs,
      ignoreGlobs,
      recorder: events.recorder,
      onChange: () => this.#supervisor.supersede(),
      onSave: (saved, at) => this.#saved(saved, at),
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
    await this.#saves.close();
    await this.#front?.close(reason);
    await this.#supervisor.stop();
    for (const splitter of this.#lines.values()) splitter.end();
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
    this.#saves.serverRan();
    this.#hasServed = true;
    this.#serving = generation;
    this.#events.recorder(servingRecord(generation, cause, this.#options.entry.project));
    if (first && this.#front !== undefined) this.#events.onListening({ asked, front: this.#front });
  }

  async #failed(generation: number, error: ErrorReport, cause: Cause): Promise<void> {
    const { project } = this.#options.entry;
    this.#events.recorder(failedRecord(generation, error, cause, project, this.#serving));
    if (this.#serving === undefined) await this.#waitForGoodSave(error.message);
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
    if (this.#serving === generation) this.#serving = undefined;
    this.#events.recorder(errorRecord(generation, error));
    this.#front?.lose(generation, `The MCP server crashed while it handled this request: ${error.message}`);
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

  #reported(message: FromChild, child: ChildProcess): void {
    const { generation } = child;
    switch (message.type) {
      case "version":
        this.#fastmcpVersion = message.fastmcp;
        break;
      case "session": {
        if (message.event === "disconnect" && generation === this.#serving) this.#states.drop(message.key);
        this.#front?.happened(message, generation);
        break;
      }
      case "state":
        this.#states.save(message, generation);
        break;
      case "restoring":
        child.send({ type: "state", ...this.#states.handOver(message.key, generation) });
        break;
      case "stateLost":
        this.#stateLost(message.error, generation);
        break;
      case "imported":
        this.#saves.addImported(message.files);
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

  #stateLost(error: ErrorReport, generation: number): void {
    if (this.#saidStateLost) return;
    this.#saidStateLost = true;
    const message = `session state cannot be handed over at a reload: ${error.message}`;
    this.#events.recorder(errorRecord(generation, { ...error, message }));
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
    if (
      files.some((file) =>
        /(?:package(?:-lock)?\.json|tsconfig\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/.test(file),
      )
    ) {
      this.#supervisor.discardStandbys();
    }
    this.#supervisor.start({ at, files });
  }
}

/** The dev server: all its parts, and how they are wired to each other. */
import { basename } from "node:path";
import { CliError } from "../cli-error.ts";
import type { AskedStart, ErrorReport, FromChild, IdleReport, UpstreamTransport } from "../child/messages.ts";
import { ChildOutput } from "./child-output.ts";
import { killChildren, type ChildProcess } from "./child-process.ts";
import { crashReason, reloadReason, startReason } from "./client-reasons.ts";
import type { DevEvents } from "./dev-events.ts";
import { EntryFile } from "./entry-file.ts";
import { Environment, environmentFiles, type EnvironmentSource } from "./environment.ts";
import type { Front } from "./front.ts";
import { Fronts } from "./fronts.ts";
import { HandOver } from "./hand-over.ts";
import { HttpFront } from "./http-front.ts";
import { idleTruth, mayStillStart, ownPortsTruth, startedAgainTruth } from "./idle-truth.ts";
import type { DevOptions } from "./options.ts";
import { errorRecord, failedRecord, servingRecord, startedRecord } from "./reload-records.ts";
import { isOfPackages } from "./save-reasons.ts";
import { Saves } from "./saves.ts";
import { ServerLists } from "./server-lists.ts";
import { stateLostReason } from "./session-states.ts";
import { Supervisor } from "./supervisor.ts";
import type { Cause } from "./supervisor-options.ts";
import { TypeWatch } from "./type-watch.ts";

export class DevServer {
  readonly #options: DevOptions;
  readonly #events: DevEvents;
  readonly #supervisor: Supervisor;
  readonly #saves: Saves;
  readonly #fronts: Fronts;
  readonly #handOver = new HandOver();
  readonly #lists: ServerLists;
  readonly #output: ChildOutput;
  readonly #environment: Environment;
  readonly #entryFile: EntryFile;
  readonly #types: TypeWatch | undefined;
  #front: Front | undefined;
  #serving: number | undefined;
  #hasServed = false;
  #isAddressTold = false;
  /** Why the command is about to end, which is no failure of the server's. */
  #fatal: Error | undefined;
  readonly #said = new Set<string>();
  #fastmcpVersion: string | undefined;

  constructor(options: DevOptions, events: DevEvents) {
    this.#options = options;
    this.#events = events;
    const { recorder, onClientLeft } = events;
    this.#fronts = new Fronts({ options, recorder, onClientLeft });
    this.#lists = new ServerLists(recorder);
    const { entry, serverArgs, environment, standby, drainTimeoutMs, typecheck } = options;
    if (typecheck) this.#types = new TypeWatch(entry, recorder);
    this.#output = new ChildOutput(recorder, () => this.#front, this.#fronts.isHttp);
    const files = environmentFiles(environment, entry.project, options.cwd);
    this.#environment = new Environment(files, environment.length > 0);
    this.#entryFile = new EntryFile(entry.file, options.cwd, recorder);
    this.#supervisor = new Supervisor({
      entry,
      args: serverArgs,
      environment: () => this.#environment.variables(),
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
        onSwitching: () => this.#saves.look(),
        onFailed: (generation, error, cause) => void this.#failed(generation, error, cause),
        onCrashed: (generation, error) => this.#crashed(generation, error),
        onInTheWay: (generation, ports) => this.#sayOnce(ownPortsTruth(ports), generation),
        drained: (generation) => this.#front?.drained(generation) ?? Promise.resolve(),
        onLeaving: (generation, finished) => this.#leaving(generation, finished),
        onMessage: (message, child) => this.#reported(message, child),
        onOutput: (stream, chunk, generation) => this.#output.printed(stream, chunk, generation),
        onEnded: (generation) => this.#output.ended(generation),
      },
    });
    this.#saves = new Saves({
      project: entry.project,
      entryFile: entry.file,
      environmentFiles: files,
      watchGlobs: options.watchGlobs,
      ignoreGlobs: options.ignoreGlobs,
      recorder: events.recorder,
      lastCallAt: () => this.#front?.lastCallAt ?? 0,
      onTouch: (file) => this.#supervisor.saving(file),
      onChange: () => this.#supervisor.supersede(),
      onSave: (saved, at) => this.#saved(saved, at),
    });
    if (options.transport === "stdio") this.#front = this.#fronts.stdio();
    else if (options.transport === undefined && !options.inputIsTerminal)
      this.#fronts.listenEarly(() => (this.#front ??= this.#fronts.stdio()));
  }

  get fastmcpVersion(): string | undefined {
    return this.#fastmcpVersion;
  }

  /** Which names come from which .env file at this moment. */
  get environment(): readonly EnvironmentSource[] {
    return this.#environment.sources();
  }

  /** At a port that was given clients can wait from now on; else the server itself may ask for another one. */
  async start(): Promise<void> {
    if (this.#options.port !== undefined) await this.#openUnasked();
    if (this.#fatal === undefined) this.#supervisor.start({ at: this.#options.startedAt, files: [] });
  }

  /** A new child from scratch: nothing that was loaded before is used again. */
  reload(): void {
    this.#supervisor.discardStandbys();
    this.#supervisor.start({ at: Date.now(), files: [], trigger: "request" });
  }

  /** Resolves when nothing is in flight any more, at the latest after the drain time. Saves reload nothing from then on. */
  async drain(): Promise<void> {
    await this.#saves.close();
    const timeout = new Promise((resolve) => setTimeout(resolve, this.#options.drainTimeoutMs).unref());
    const drained = this.#supervisor.generations.map(async (one) => this.#front?.drained(one));
    await Promise.race([Promise.all(drained), timeout]);
  }

  /** Ends every process of the server at once; `close` ends the rest. */
  kill(): void {
    void this.#supervisor.stop();
    killChildren();
  }

  /** Ends every session, child and listener. Resolves when all are gone. */
  async close(reason: string): Promise<void> {
    this.#fronts.close();
    await Promise.all([this.#saves.close(), this.#types?.close()]);
    await this.#front?.close(reason);
    await this.#supervisor.stop();
  }

  /** The server says how it wants to be served; what the command line says comes first. */
  async #asked(asked: AskedStart): Promise<{ transport: UpstreamTransport; host: string; port: number }> {
    this.#front ??= this.#fronts.make(this.#fronts.transportFor(asked));
    // Clients know the address from then on: it stays, whatever a later save asks for.
    if (this.#front instanceof HttpFront && !this.#hasServed) await this.#listen(this.#front, asked);
    return { transport: this.#front.transport, ...this.#front.address };
  }

  async #listen(front: HttpFront, asked: AskedStart | undefined): Promise<void> {
    try {
      await front.listen(asked);
    } catch (error) {
      // Such as a TLS file of the server's own that cannot be read: it fails to start, and a save mends it.
      if (!(error instanceof CliError)) throw error;
      this.#fatal = error;
      this.#events.onFatal(error);
      throw error;
    }
  }

  #served(generation: number, asked: AskedStart, cause: Cause): void {
    const isFirst = !this.#hasServed;
    this.#saves.serverRan();
    this.#hasServed = true;
    this.#serving = generation;
    this.#events.recorder(servingRecord(generation, cause, this.#options.entry.project));
    this.#types?.start();
    if (isFirst && this.#front !== undefined) this.#tellAddress(this.#front, asked, cause.at);
  }

  #tellAddress(front: Front, asked?: AskedStart, since = this.#options.startedAt): void {
    this.#isAddressTold = true;
    this.#events.onListening({ asked, front, durationMs: Date.now() - since });
  }

  async #failed(generation: number, thrown: ErrorReport, cause: Cause): Promise<void> {
    if (this.#fatal !== undefined) return;
    const { project } = this.#options.entry;
    const error = this.#entryFile.whyGone(this.#serving) ?? thrown;
    this.#events.recorder(failedRecord(generation, error, cause, project, this.#serving));
    this.#saves.startFailed(cause.files, thrown);
    this.#types?.start();
    if (this.#serving === undefined) await this.#waitForGoodSave(startReason(error, project));
  }

  /** The very first start failed, or comes to nothing: the endpoint is up all the same, so that clients can wait for the save that mends it. */
  async #waitForGoodSave(why: string): Promise<void> {
    await this.#openUnasked();
    if (this.#fatal !== undefined) return;
    if (this.#front instanceof HttpFront && !this.#isAddressTold) this.#tellAddress(this.#front);
    this.#explain(why);
  }

  /** Opens the endpoint of a server that has not said how it wants to be served. */
  async #openUnasked(): Promise<void> {
    if (this.#front !== undefined || !this.#fronts.isHttp) return;
    const front = this.#fronts.http();
    this.#front = front;
    await this.#listen(front, undefined).catch(() => undefined);
  }

  /** What clients that wait are told if they wait in vain. Somebody who speaks at the other end of a pipe is a client of stdio. */
  #explain(why: string): void {
    void this.#fronts.spoken?.then(() => (this.#front ??= this.#fronts.stdio()).explain(why));
    this.#front?.explain(why);
  }

  #crashed(generation: number, error: ErrorReport): void {
    if (this.#serving === generation) this.#serving = undefined;
    this.#events.recorder(errorRecord(generation, error, this.#options.entry.project));
    this.#front?.lose(generation, crashReason(error));
  }

  #leaving(generation: number, finished: boolean): void {
    if (this.#serving === generation) this.#serving = undefined;
    this.#front?.lose(generation, reloadReason(finished, this.#options.drainTimeoutMs));
  }

  #reported(message: FromChild, child: ChildProcess): void {
    const { generation } = child;
    switch (message.type) {
      case "version":
        this.#fastmcpVersion = message.fastmcp;
        break;
      case "session":
        if (message.event === "disconnect" && generation === this.#serving) this.#handOver.ended(message.key);
        this.#front?.happened(message, generation);
        break;
      case "state":
      case "restoring":
      case "signIns":
        this.#handOver.reported(message, child);
        break;
      case "stateLost":
        this.#sayOnce(stateLostReason(message), generation, message.error);
        break;
      case "idle":
        void this.#idle(message, generation);
        break;
      case "startedAgain":
        this.#sayOnce(startedAgainTruth(message), generation);
        break;
      case "duplicate":
        this.#lists.addedTwice(message, generation);
        break;
      case "lists":
        if (generation !== this.#serving) break;
        this.#lists.reported(message, generation);
        this.#events.onOffer(this.#lists.offer);
        break;
      case "toolFailed":
      case "handled":
        this.#events.recorder(errorRecord(generation, message.error, this.#options.entry.project));
        break;
      case "imported":
        this.#saves.addImported(message.files, child.ranAt);
        break;
      case "noise":
        this.#output.noise(message.text, generation, message.source);
        break;
      case "starting":
      case "serving":
      case "failed":
      case "ownPort":
      case "warm":
    }
  }

  async #idle(report: IdleReport, generation: number): Promise<void> {
    // One that has ended fails, which is reported with the same words.
    if (report.ended || generation === this.#serving) return;
    const message = idleTruth(report, basename(this.#options.entry.file));
    // A database or a download on the way is no error.
    if (report.importing !== "still")
      this.#events.recorder(errorRecord(generation, { name: "Error", message }));
    if (this.#serving !== undefined) return;
    if (!mayStillStart(report)) return this.#waitForGoodSave(message);
    this.#explain(message);
  }

  /** What is as true after the next save as now need not be said again. */
  #sayOnce(message: string, generation: number, error: ErrorReport = { name: "Error", message }): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#events.recorder(errorRecord(generation, { ...error, message }));
  }

  #saved(files: readonly string[], at: number): void {
    if (files.some(isOfPackages)) this.#supervisor.discardStandbys();
    if (this.#serving !== undefined && this.#entryFile.isGone(this.#serving)) this.#supervisor.supersede();
    else this.#supervisor.start({ at, files });
  }
}

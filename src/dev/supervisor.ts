/** Starts, replaces and ends children: one serves, one is warm, those that were replaced finish what they have in flight. */
import { basename } from "node:path";
import type { AskedStart, ErrorReport, FromChild, IdleReport, Serve } from "../child/messages.ts";
import { Backoff } from "./backoff.ts";
import type { ChildListener } from "./child-process.ts";
import { Departures, restMs } from "./departures.ts";
import { endedTruth, idleTruth, neverServedTruth } from "./idle-truth.ts";
import { ImportedUrls } from "./imported-urls.ts";
import { mayMapNames } from "./installed.ts";
import { Standbys } from "./standbys.ts";
import { inTheWayOf, mayNeedPortOf, newMember, type Member, type Starting, type State } from "./member.ts";
import type { Cause, SupervisorOptions } from "./supervisor-options.ts";
import { Timers } from "./timers.ts";

/** A child that has neither served nor failed by then is given up, if another one serves. */
const startTimeoutMs = 15_000;
/** Where saves follow each other, the next one comes within this time; only the last is switched to. */
const nextSaveMs = 40;
const standbyCount = 2;
/** A server that listens on a port of its own mostly does so by then. One that cannot have it shall not take over. */
const ownPortMs = 100;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #standbys: Standbys;
  readonly #members = new Set<Member>();
  readonly #departures: Departures;
  #generation = 0;
  /** By the last child to serve. */
  #imported = new ImportedUrls();
  readonly #backoff = new Backoff();
  /** How the last child to serve was told to. */
  #serve: Serve | undefined;
  #servingSince = 0;
  /** Lets the child take over that waits for more saves; of no effect if it is out of date. */
  #held: (() => void) | undefined;
  readonly #timers = new Timers();
  /** What was saved for starts that were given up: the next one is for these, too. */
  #supersededFiles: readonly string[] = [];
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { entry, args, environment, guardStdout, standby, drainTimeoutMs, events } = options;
    this.#departures = new Departures({ members: this.#members, drainTimeoutMs, events });
    this.#standbys = new Standbys({
      entry,
      count: standby ? standbyCount : 0,
      prepare: () => {
        const env = environment();
        const imported = this.#imported.urls(!mayMapNames(entry.file, process.cwd(), env));
        return { args, env, guardStdout, imported };
      },
    });
  }

  /** Starts the first child, or replaces the one that serves. A start that is under way is given up for this one. */
  start({ files, ...given }: Cause): void {
    if (this.#stopped) return;
    this.#timers.cancel();
    this.supersede();
    const cause: Cause = { ...given, files: [...new Set([...this.#supersededFiles, ...files])] };
    this.#supersededFiles = [];
    const generation = ++this.#generation;
    const { events } = this.#options;
    events.onStarting(generation, cause);
    const member = newMember(this.#standbys.take(), cause, this.#serve);
    this.#members.add(member);
    member.child.run(generation, this.#listener(member, generation), this.#serve);
    this.#timers.later(startTimeoutMs, () => this.#giveUp(member));
  }

  /** What is being started is out of date already: it shall not serve. */
  supersede(): void {
    for (const member of this.#members) {
      if (member.state.kind !== "starting") continue;
      this.#supersededFiles = [...this.#supersededFiles, ...member.state.cause.files];
      void this.#departures.end(member);
    }
  }

  /** That file is being saved, and `start` may follow. */
  saving(file: string): void {
    if (this.#imported.hasModule(file)) this.#standbys.saving(file);
  }

  /** Warm children have loaded packages that have changed since. */
  discardStandbys(): void {
    this.#imported = new ImportedUrls();
    this.#standbys.discard();
  }

  /** Children that may have something in flight. */
  get generations(): number[] {
    return [...this.#members].map(({ child }) => child.generation);
  }

  /** Ends every child. Resolves when all are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timers.cancel();
    await Promise.all([
      this.#standbys.stop(),
      ...[...this.#members].map((member) => this.#departures.end(member)),
    ]);
  }

  #find(kind: State["kind"]): Member | undefined {
    for (const member of this.#members) if (member.state.kind === kind) return member;
    return undefined;
  }

  #listener(member: Member, generation: number): ChildListener {
    const { events } = this.#options;
    return {
      onMessage: (message) => this.#received(member, message),
      onStdout: (chunk) => events.onOutput("stdout", chunk, generation),
      onStderr: (chunk) => events.onOutput("stderr", chunk, generation),
      onExit: (how) => {
        events.onEnded(generation);
        this.#exited(member, how);
      },
    };
  }

  #received(member: Member, message: FromChild): void {
    const { state, child } = member;
    const { events } = this.#options;
    switch (message.type) {
      case "starting":
        if (state.kind === "starting") void this.#asked(member, state, message.asked);
        break;
      case "serving":
        if (state.kind === "starting") this.#serves(member, state, message.port);
        break;
      case "failed":
      case "handled":
        if (state.kind !== "leaving") state.error = message.error;
        if (state.kind === "starting" && message.type === "failed")
          this.#fail(member, state.cause, message.error);
        break;
      case "idle":
        if (state.kind === "starting") this.#looksIdle(state, message);
        break;
      case "imported":
        member.imported.add(message);
        break;
      case "ownPort":
        member.ownPorts.set(message.port, message.use);
        break;
      case "warm":
      case "version":
      case "session":
      case "state":
      case "restoring":
      case "stateLost":
      case "signIns":
      case "lists":
      case "duplicate":
      case "toolFailed":
      case "startedAgain":
      case "noise":
    }
    events.onMessage(message, child);
  }

  async #asked(member: Member, state: Starting, asked: AskedStart): Promise<void> {
    state.asked = asked;
    if (state.serve !== undefined) return;
    try {
      state.serve = await this.#options.events.onAsked(asked);
      member.child.send({ type: "serve", ...state.serve });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#fail(member, state.cause, { name: "Error", message });
    }
  }

  /** It takes over, unless what it was started for is out of date by then. */
  #serves(member: Member, state: Starting, port: number | undefined): void {
    const { cause } = state;
    const takeOver = (): void => {
      this.#held = undefined;
      this.#options.events.onSwitching();
      if (state === member.state && state.asked !== undefined) this.#switch(member, state, state.asked, port);
    };
    const old = this.#find("serving");
    const isSave = cause.files.length > 0 && old !== undefined;
    const saveMs = isSave ? Math.min(nextSaveMs, cause.at + nextSaveMs - Date.now()) : 0;
    const arrive = (): void => {
      if (old === undefined || !mayNeedPortOf(old, member)) {
        takeOver();
        return;
      }
      // It may take longer than a start may.
      this.#timers.cancel();
      void this.#departures.clear(member, [old], () => state === member.state, takeOver);
    };
    const inMs = Math.max(saveMs, old !== undefined && mayNeedPortOf(old, member) ? ownPortMs : 0);
    if (inMs <= 0) {
      takeOver();
      return;
    }
    this.#held = takeOver;
    this.#timers.later(inMs, arrive);
  }

  #switch(member: Member, state: Starting, asked: AskedStart, port?: number): void {
    const { cause, serve, error } = state;
    const old = this.#find("serving");
    member.state = { kind: "serving", asked, error };
    this.#imported = member.imported;
    this.#serve = serve;
    this.#servingSince = Date.now();
    if (cause.files.length > 0) this.#backoff.reset();
    this.#timers.cancel();
    this.#options.events.onServing(member.child, asked, port, cause);
    if (old !== undefined) void this.#departures.retire(old);
    this.#armStandby();
  }

  #fail(member: Member, cause: Cause, error: ErrorReport): void {
    const { generation } = member.child;
    void this.#departures.end(member);
    this.#timers.cancel();
    if (this.#clearTheWay(member, cause)) return;
    this.#options.events.onFailed(generation, error, cause);
    this.#armStandby();
    // What made a crashed server fail to come back may pass by itself.
    if (this.#backoff.hasCrashed && cause.files.length === 0 && this.#find("serving") === undefined)
      this.#restart(0);
  }

  /** Ends those that have a port which that one needs, and starts once more. Returns whether there are any. */
  #clearTheWay(member: Member, cause: Cause): boolean {
    const others = inTheWayOf(member, this.#members);
    if (others.length === 0 || cause.again === true) return false;
    const generation = this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    const startAgain = (): void => this.start({ ...cause, again: true });
    void this.#departures.clear(member, others, isCurrent, startAgain);
    return true;
  }

  #giveUp(member: Member): void {
    const { state } = member;
    // Slow is better than nothing: the first start may take its time.
    if (state.kind !== "starting" || this.#find("serving") === undefined) return;
    const message = state.idle ?? neverServedTruth(state.asked !== undefined, startTimeoutMs);
    this.#fail(member, state.cause, state.error ?? { name: "Error", message });
  }

  /** One that goes on may still start, and end for another reason. */
  #looksIdle(state: Starting, report: IdleReport): void {
    const message = idleTruth(report, basename(this.#options.entry.file));
    if (report.ended) state.error ??= { name: "Error", message };
    else state.idle = message;
  }

  #exited(member: Member, how: string): void {
    const { state } = member;
    this.#members.delete(member);
    switch (state.kind) {
      case "leaving":
        return;
      case "starting": {
        const error = state.error ?? {
          name: "Error",
          message: endedTruth("the server", how),
        };
        this.#fail(member, state.cause, error);
        return;
      }
      case "draining":
        this.#crashed(member, state.error, how);
        return;
      case "serving":
        this.#crashed(member, state.error, how);
        this.#held?.();
        if (this.#find("serving") === undefined) this.#restart(Date.now() - this.#servingSince);
    }
  }

  #crashed(member: Member, error: ErrorReport | undefined, how: string): void {
    void this.#departures.end(member);
    const told = error ?? { name: "Error", message: `the server ${how}` };
    this.#options.events.onCrashed(member.child.generation, told);
  }

  #restart(servedMs: number): void {
    this.#timers.later(this.#backoff.next(servedMs), () =>
      this.start({ at: Date.now(), files: [], trigger: "crash" }),
    );
  }

  #armStandby(): void {
    this.#timers.later(restMs, () => this.#standbys.fill());
  }
}

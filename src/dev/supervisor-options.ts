/** What a supervisor is given, and what it tells and asks its owner. */
import type { AskedStart, ErrorReport, FromChild, Serve } from "../child/messages.ts";
import type { ReloadTrigger } from "../log/record.ts";
import type { ChildProcess } from "./child-process.ts";
import type { Entry } from "./entry.ts";

/** What made a child necessary. */
export type Cause = {
  /** Milliseconds since the epoch: the save, the start, the crash. */
  readonly at: number;
  /** Absolute paths of what was saved. */
  readonly files: readonly string[];
  /** As in the record; undefined for a start and a save. */
  readonly trigger?: ReloadTrigger;
  /** For the second time: at first an older child had a port that the server needs. */
  readonly again?: true;
};

/** What the supervisor tells and asks its owner. All of it is called in the order in which it happens. */
export type SupervisorEvents = {
  readonly onStarting: (generation: number, cause: Cause) => void;
  /** How the server shall serve, this child and those that follow it. A rejection ends the start with its message. */
  readonly onAsked: (asked: AskedStart) => Promise<Serve>;
  /** A child is about to take over; a save that makes it out of date is noticed now at the latest. */
  readonly onSwitching: () => void;
  readonly onServing: (
    child: ChildProcess,
    asked: AskedStart,
    port: number | undefined,
    cause: Cause,
  ) => void;
  readonly onFailed: (generation: number, error: ErrorReport, cause: Cause) => void;
  /** A serving child is gone without having been told to. */
  readonly onCrashed: (generation: number, error: ErrorReport) => void;
  /** An older child has these ports, which that one needs, or may need: the older one is ended first. */
  readonly onInTheWay: (generation: number, ports: readonly number[]) => void;
  /** Resolves when a replaced child has nothing in flight. */
  readonly drained: (generation: number) => Promise<void>;
  /** A replaced child, or one that serves and stands in the way, is about to be ended: what it still has in flight is lost. */
  readonly onLeaving: (generation: number, finished: boolean) => void;
  readonly onMessage: (message: FromChild, child: ChildProcess) => void;
  readonly onOutput: (stream: "stdout" | "stderr", chunk: Buffer, generation: number) => void;
  /** That child's process is gone; nothing comes from it any more. */
  readonly onEnded: (generation: number) => void;
};

export type SupervisorOptions = {
  readonly entry: Entry;
  readonly args: readonly string[];
  readonly environment: () => Readonly<Record<string, string>>;
  readonly guardStdout: boolean;
  readonly standby: boolean;
  readonly drainTimeoutMs: number;
  readonly events: SupervisorEvents;
};

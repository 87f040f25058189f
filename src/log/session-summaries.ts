/** Sums up each session of the logs: who, over what, since when, what it did, how it ended. */
import type { Entry } from "./decode.ts";
import { isError } from "./filter.ts";
import { OpenCalls } from "./open-calls.ts";
import { isAlive } from "./process-alive.ts";
import type { ClientInfo, LogRecord, SessionRecord, TransportName } from "./record.ts";

/** `open`: its server runs. `ended`: with a reason. `cut off`: its server is gone and did not say. */
export type SessionState = "open" | "ended" | "cut off";

export type SessionSummary = {
  readonly log: string;
  readonly session: string;
  "mcp.session.id"?: string;
  "mcp.protocol.version"?: string;
  client?: ClientInfo;
  /** What the server's `authenticate` made of its caller, redacted. */
  identity?: unknown;
  transport?: TransportName;
  /** ISO 8601; of the first record if the connect is not in the log any more. */
  since: string;
  until: string;
  duration_ms: number;
  /** Tools called, resources read, prompts got: those whose request or answer was asked for. */
  calls: number;
  errors: number;
  /** Reloads that it survived. */
  reloads: number;
  state: SessionState;
  reason?: string;
};

/** One run of a server; a log that is named may be that of several, and each has a session `s1`. */
type Run = { reloads: number; pid?: number; metaMs?: number };
type Known = {
  readonly run: Run;
  readonly summary: SessionSummary;
  readonly reloadsBefore: number;
  matched: boolean;
};

const calls = new Set(["tools/call", "resources/read", "prompts/get"]);
/** The oldest are left out beyond that. */
const mostSessions = 100_000;

export class SessionSummaries {
  /** The latest of each log. */
  readonly #runs = new Map<string, Run>();
  readonly #latest = new Map<string, Known>();
  /** Oldest first. */
  readonly #all = new Set<Known>();
  /** Calls that are counted and not answered. */
  readonly #counted = new OpenCalls<true>();

  /** @param matches it is one of those that were asked for; the others only tell whose these are. */
  add(entry: Entry, matches: boolean): void {
    if (entry.type !== "record") return;
    const { record } = entry;
    const run = this.#run(entry.log, record);
    if (record.kind === "reload" && record.event === "serving" && record.generation > 1) run.reloads += 1;
    if (record.session === undefined) return;
    const known = this.#session(entry.log, record.session, record, run);
    if (matches) known.matched = true;
    const { summary } = known;
    if (summary.state !== "ended") {
      if (record.time > summary.until) summary.until = record.time;
      summary.reloads = run.reloads - known.reloadsBefore;
    }
    if (record.kind === "session") tell(summary, record);
    if (!matches) return;
    if (isError(record)) summary.errors += 1;
    if (calls.has(record["mcp.method.name"] ?? "") && this.#isNewCall(entry.log, record)) summary.calls += 1;
  }

  #isNewCall(log: string, record: LogRecord): boolean {
    if (record.kind === "request" && record.dir === "c2s") {
      this.#counted.add(log, record, true);
      return true;
    }
    return (
      record.kind === "response" && record.dir === "s2c" && this.#counted.take(log, record) === undefined
    );
  }

  /** In the order in which they came. */
  summaries(nowMs: number): SessionSummary[] {
    return [...this.#all]
      .filter(({ matched }) => matched)
      .map(({ summary, reloadsBefore, run }) => {
        if (summary.state === "ended") return summary;
        const { pid, metaMs, reloads } = run;
        const open = pid !== undefined && isAlive(pid, metaMs);
        const untilMs = open ? nowMs : Date.parse(summary.until);
        return {
          ...summary,
          until: new Date(untilMs).toISOString(),
          duration_ms: Math.max(0, untilMs - Date.parse(summary.since)),
          reloads: reloads - reloadsBefore,
          state: open ? "open" : "cut off",
        };
      });
  }

  #run(log: string, record: LogRecord): Run {
    let run = this.#runs.get(log);
    const begins = record.kind === "meta" && run?.pid !== undefined && run.pid !== record.pid;
    if (run === undefined || begins) this.#runs.set(log, (run = { reloads: 0 }));
    if (record.kind === "meta") {
      run.pid = record.pid;
      run.metaMs = Date.parse(record.time);
    }
    return run;
  }

  #session(log: string, session: string, { time }: LogRecord, run: Run): Known {
    const key = `${log}\n${session}`;
    const known = this.#latest.get(key);
    if (known?.run === run) return known;
    const counts = { duration_ms: 0, calls: 0, errors: 0, reloads: 0 };
    const summary: SessionSummary = { log, session, since: time, until: time, ...counts, state: "cut off" };
    const added = { run, summary, reloadsBefore: run.reloads, matched: false };
    this.#latest.set(key, added);
    this.#all.add(added);
    if (this.#all.size > mostSessions) this.#forgetOldest();
    return added;
  }

  #forgetOldest(): void {
    for (const oldest of this.#all) {
      this.#all.delete(oldest);
      const key = `${oldest.summary.log}\n${oldest.summary.session}`;
      if (this.#latest.get(key) === oldest) this.#latest.delete(key);
      return;
    }
  }
}

/** A session's own record knows more of it than was known before. */
function tell(summary: SessionSummary, record: SessionRecord & LogRecord): void {
  summary.transport = record.transport;
  if (record.client !== undefined) summary.client = record.client;
  const { "mcp.session.id": id, "mcp.protocol.version": version } = record;
  if (id !== undefined) summary["mcp.session.id"] = id;
  if (version !== undefined) summary["mcp.protocol.version"] = version;
  const identity = bodyField(record, "identity");
  if (identity !== undefined) summary.identity = identity;
  if (record.event !== "disconnect") return;
  summary.state = "ended";
  summary.duration_ms = record.duration_ms ?? Date.parse(record.time) - Date.parse(summary.since);
  const reason = bodyField(record, "reason");
  if (typeof reason === "string") summary.reason = reason;
}

function bodyField({ body }: SessionRecord, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  return Object.entries(body).find(([key]) => key === name)?.[1] as unknown;
}

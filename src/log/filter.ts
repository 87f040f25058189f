/** Decides which entries of a log are shown: within a flag any value may match, and all flags must. */
import type { Attributes, LogRecord } from "./record.ts";
import { timeOf, type Entry } from "./decode.ts";

export type FilterOptions = {
  /** Our short names or the protocol's session ids. */
  readonly sessions?: readonly string[];
  /** Events (`connect`, `failed`) or kinds of records (`reload`, `output`). */
  readonly events?: readonly string[];
  /** A `*` at the end matches any rest. */
  readonly methods?: readonly string[];
  readonly tools?: readonly string[];
  /** Matched against the line as it is in the file. */
  readonly pattern?: RegExp;
  readonly errors?: boolean;
  /** Milliseconds since the epoch, inclusive. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
};

export type Filter = {
  readonly passes: (entry: Entry) => boolean;
  /** A line without any of these bytes cannot pass; empty if nothing can be said. */
  readonly anyOf: readonly Buffer[];
};

export const everything: Filter = { passes: () => true, anyOf: [] };

type Test = (record: LogRecord, bytes: Buffer) => boolean;

export function filterFor(options: FilterOptions): Filter {
  const tests = recordTests(options);
  const since = options.sinceMs === undefined ? "" : new Date(options.sinceMs).toISOString();
  const until = options.untilMs === undefined ? "9" : new Date(options.untilMs).toISOString();
  const timed = options.sinceMs !== undefined || options.untilMs !== undefined;
  if (tests.length === 0 && !timed) return everything;
  return {
    anyOf: needlesOf(options).map((text) => Buffer.from(text)),
    passes: (entry) => {
      const time = timeOf(entry);
      // A line that cannot be read has no time of its own; where time is all that is asked, better shown than lost.
      if (time !== undefined && timed && (time < since || time > until)) return false;
      if (tests.length === 0) return true;
      return entry.type === "record" && tests.every((test) => test(entry.record, entry.bytes));
    },
  };
}

function recordTests(options: FilterOptions): Test[] {
  const { sessions, events, methods, tools, pattern, errors } = options;
  const tests: Test[] = [];
  if (errors === true) tests.push(isError);
  if (sessions !== undefined)
    tests.push((record) => sessionNames(record).some((name) => sessions.includes(name)));
  if (events !== undefined) {
    tests.push(
      (record) => events.includes(record.kind) || ("event" in record && events.includes(record.event)),
    );
  }
  if (methods !== undefined)
    tests.push((record) => methods.some((method) => matches(methodOf(record), method)));
  if (tools !== undefined) tests.push((record) => tools.includes(record["gen_ai.tool.name"] ?? ""));
  if (pattern !== undefined) tests.push((_, bytes) => pattern.test(bytes.toString("utf8")));
  return tests;
}

export function isError(record: LogRecord): boolean {
  if (record["error.type"] !== undefined || record.kind === "error") return true;
  return (
    (record.kind === "session" && record.event === "error") ||
    (record.kind === "reload" && record.event === "failed")
  );
}

function sessionNames(record: LogRecord): string[] {
  return [record.session, record["mcp.session.id"]].filter((name) => name !== undefined);
}

function methodOf(record: Attributes): string {
  return record["mcp.method.name"] ?? "";
}

function matches(method: string, wanted: string): boolean {
  return wanted.endsWith("*") ? method.startsWith(wanted.slice(0, -1)) : method === wanted;
}

/** The rarest demand first: one is enough to skip most lines. */
function needlesOf(options: FilterOptions): string[] {
  if (options.errors === true) return ['"error.type"', '"error"', '"failed"'];
  const exact = options.tools ?? options.sessions ?? options.events;
  if (exact !== undefined) return exact.map((value) => JSON.stringify(value));
  return (options.methods ?? []).map((method) =>
    JSON.stringify(method).slice(0, method.endsWith("*") ? -2 : undefined),
  );
}

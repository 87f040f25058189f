/** Decides which entries of a log are shown: within a flag any value may match, and all flags must. */
import type { Attributes, LogRecord } from "./record.ts";
import { timeOf, type Entry } from "./decode.ts";
import { callKey } from "./open-calls.ts";

type Pattern = Pick<RegExp, "test">;

export type FilterOptions = {
  /** Our short names or the protocol's session ids. */
  readonly sessions?: readonly string[];
  /** Events (`connect`, `failed`) or kinds of records (`reload`, `output`). */
  readonly events?: readonly string[];
  /** A `*` at the end matches any rest. */
  readonly methods?: readonly string[];
  readonly tools?: readonly string[];
  /** Gets the line as it is in the file. */
  readonly pattern?: Pattern;
  readonly errors?: boolean;
  /** Milliseconds since the epoch, inclusive. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
};

export type Filter = {
  readonly passes: (entry: Entry) => boolean;
  /** A line without any of these before its body cannot pass; empty if nothing can be said. */
  readonly anyOf: readonly Buffer[];
  /**
   * Where an answer passes because its request did: what was read backwards must be read once more, forwards and
   * with this one, which has seen nothing yet.
   */
  readonly fresh?: () => Filter;
};

export const everything: Filter = { passes: () => true, anyOf: [] };

type Test = (record: LogRecord) => boolean;

export function filterFor(options: FilterOptions): Filter {
  const tests = recordTests(options);
  const matches = options.pattern === undefined ? undefined : new PairPattern(options.pattern);
  const since = options.sinceMs === undefined ? "" : new Date(options.sinceMs).toISOString();
  const until = options.untilMs === undefined ? "9" : new Date(options.untilMs).toISOString();
  const timed = options.sinceMs !== undefined || options.untilMs !== undefined;
  if (tests.length === 0 && matches === undefined && !timed) return everything;
  return {
    ...(matches === undefined ? {} : { fresh: () => filterFor(options) }),
    anyOf: needlesOf(options).map((text) => Buffer.from(text)),
    passes: (entry) => {
      const time = timeOf(entry);
      // A line that cannot be read has no time of its own; where time is all that is asked, better shown than lost.
      if (time !== undefined && timed && (time < since || time > until)) return false;
      if (tests.length === 0 && matches === undefined) return true;
      if (entry.type !== "record") return false;
      // First, for it remembers the requests, which the others may leave out.
      const isMatch = matches?.test(entry.record, entry) ?? true;
      return isMatch && tests.every((test) => test(entry.record));
    },
  };
}

function recordTests(options: FilterOptions): Test[] {
  const { sessions, events, methods, tools, errors } = options;
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
  return tests;
}

/** More requests than this are never open at once. */
const mostOpen = 10_000;

/** A pattern that a request or its answer matches: the two are one line on the screen, so both pass. */
class PairPattern {
  readonly #pattern: Pattern;
  readonly #open = new Set<string>();

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
  }

  test(record: LogRecord, { log, bytes }: Entry): boolean {
    const isMatch = this.#pattern.test(bytes.toString("utf8"));
    if (record.kind !== "request" && record.kind !== "response") return isMatch;
    const call = callKey(log, record);
    if (record.kind === "response") return this.#open.delete(call) || isMatch;
    if (isMatch && this.#open.size < mostOpen) this.#open.add(call);
    return isMatch;
  }
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
  const leavesOutRequests = options.errors === true || options.events !== undefined;
  if (options.pattern !== undefined && leavesOutRequests) return [];
  // The attribute; the kind and the event; a reload's.
  if (options.errors === true) return ['"error.type"', '"error"', '"failed"'];
  const exact = options.tools ?? options.sessions ?? options.events;
  if (exact !== undefined) return exact.map((value) => JSON.stringify(value));
  return (options.methods ?? []).map((method) =>
    JSON.stringify(method).slice(0, method.endsWith("*") ? -2 : undefined),
  );
}

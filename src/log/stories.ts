/** Reads what a filter leaves, together with what tells whose it is: the records of servers, sessions and reloads. */
import type { Entry } from "./decode.ts";
import { timeOf } from "./decode.ts";
import type { Filter } from "./filter.ts";
import { history, type Extent, type HistoryOptions } from "./history.ts";

export type ToldEntry = {
  readonly entry: Entry;
  /** It is one of those that were asked for. */
  readonly matches: boolean;
};

const kinds = new Set<string>(["meta", "session", "reload"]);
const needles = [...kinds].map((kind) => Buffer.from(`"kind":"${kind}"`));

/** @param options as for `history`; what was told before the first of the entries comes along, too. */
export async function* entriesWithStories(
  logs: readonly (readonly Extent[])[],
  lines: number | "all",
  options: HistoryOptions,
): AsyncGenerator<readonly ToldEntry[]> {
  const { filter, sinceMs, untilMs } = options;
  const since = sinceMs === undefined ? "" : new Date(sinceMs).toISOString();
  const isBefore = (entry: Entry): boolean => (timeOf(entry) ?? since) < since;
  const along: Filter = {
    anyOf: filter.anyOf.length === 0 ? [] : [...filter.anyOf, ...needles],
    passes: (entry) => !isBefore(entry),
  };
  const counted = filter.fresh?.() ?? filter;
  const counts = (entry: Entry): boolean => counted.passes(entry);
  const found = history(logs, lines, { ...options, filter: along, counts });
  const told = (entry: Entry): ToldEntry => ({ entry, matches: filter.passes(entry) });
  if (lines === "all") {
    if (sinceMs !== undefined) yield* stories(logs, sinceMs, isBefore);
    for await (const entries of found) yield entries.map(told);
    return;
  }
  // What is left out between two of the last is no story: the others are before them.
  const last: Entry[] = [];
  for await (const entries of found) last.push(...entries);
  if (last.length === 0) return;
  const those = new Set(last.filter(isStory).map(keyOf));
  yield* stories(logs, untilMs, (entry) => !those.has(keyOf(entry)));
  yield last.map(told);
}

async function* stories(
  logs: readonly (readonly Extent[])[],
  untilMs: number | undefined,
  areAsked: (entry: Entry) => boolean,
): AsyncGenerator<readonly ToldEntry[]> {
  const filter: Filter = { anyOf: needles, passes: (entry) => isStory(entry) && areAsked(entry) };
  const range = untilMs === undefined ? {} : { untilMs };
  for await (const entries of history(logs, "all", { filter, ...range }))
    yield entries.map((entry) => ({ entry, matches: false }));
}

function isStory(entry: Entry): boolean {
  return entry.type === "record" && kinds.has(entry.record.kind);
}

function keyOf(entry: Entry): string {
  return `${entry.log}\n${entry.bytes.toString("utf8")}`;
}

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

/** @param options as for `history`; what was told before `sinceMs` comes along, too. */
export async function* entriesWithStories(
  logs: readonly (readonly Extent[])[],
  lines: number | "all",
  options: HistoryOptions,
): AsyncGenerator<readonly ToldEntry[]> {
  const { filter, sinceMs } = options;
  const since = sinceMs === undefined ? "" : new Date(sinceMs).toISOString();
  const isBefore = (entry: Entry): boolean => (timeOf(entry) ?? since) < since;
  if (sinceMs !== undefined) {
    const before: Filter = { anyOf: needles, passes: (entry) => isStory(entry) && isBefore(entry) };
    for await (const entries of history(logs, "all", { filter: before, untilMs: sinceMs }))
      yield entries.map((entry) => ({ entry, matches: false }));
  }
  const along: Filter = {
    anyOf: filter.anyOf.length === 0 ? [] : [...filter.anyOf, ...needles],
    passes: (entry) => !isBefore(entry),
  };
  const counted = filter.fresh?.() ?? filter;
  const counts = (entry: Entry): boolean => counted.passes(entry);
  for await (const entries of history(logs, lines, { ...options, filter: along, counts }))
    yield entries.map((entry) => ({ entry, matches: filter.passes(entry) }));
}

function isStory(entry: Entry): boolean {
  return entry.type === "record" && kinds.has(entry.record.kind);
}

/** What a filter leaves, together with what ends the calls that it left: for a screen that shows them while they wait. */
import type { Entry } from "./decode.ts";
import type { Filter } from "./filter.ts";
import type { LogRecord } from "./record.ts";

const needles = ['"kind":"meta"', '"event":"disconnect"', '"notifications/cancelled"'].map((text) =>
  Buffer.from(text),
);

export type Telling = Filter & {
  /** It is one of those that were asked for; the others only tell of them. */
  readonly isShown: (entry: Entry) => boolean;
};

export function withTelling(filter: Filter, hidden = new WeakSet<LogRecord>()): Telling {
  return {
    anyOf: filter.anyOf.length === 0 ? [] : [...filter.anyOf, ...needles],
    passes: (entry) => {
      if (filter.passes(entry)) return true;
      if (entry.type !== "record" || !tells(entry.record)) return false;
      hidden.add(entry.record);
      return true;
    },
    ...(filter.fresh === undefined ? {} : { fresh: () => withTelling(filter.fresh?.() ?? filter, hidden) }),
    isShown: (entry) => entry.type !== "record" || !hidden.has(entry.record),
  };
}

function tells(record: LogRecord): boolean {
  if (record.kind === "session") return record.event === "disconnect";
  return record.kind === "meta" || record["mcp.method.name"] === "notifications/cancelled";
}

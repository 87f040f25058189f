/** Finds the recorded session that a name means: in several logs, and in one of several runs, there may be more than one. */
import { basename } from "node:path";
import { filterFor } from "../log/filter.ts";
import { history } from "../log/history.ts";
import { logsIn, type Place } from "../log/locate.ts";
import type { FoundFile } from "../log/log-files.ts";
import type { LogRecord } from "../log/record.ts";
import { field } from "../terminal/foreign.ts";

export type FoundSession = {
  /** The name of the log's first file. */
  readonly log: string;
  readonly recordedAt: string;
  readonly records: readonly LogRecord[];
  readonly isReplay: boolean;
};

/** In the `_meta` of the `initialize` of a session that is a replay: otherwise it looks like the one that it repeats. */
export const replayMark = "create-fastmcp/replay";

/** The newest that is no replay, else the newest. */
export async function findSession(place: Place, name: string): Promise<FoundSession | undefined> {
  const logs = (await logsIn(place)).sort((a, b) => writtenMs(b) - writtenMs(a));
  let best: FoundSession | undefined;
  for (const log of logs) {
    // What was last written before a session began has none that is newer.
    if (best?.isReplay === false && writtenMs(log) < Date.parse(best.recordedAt)) break;
    for (const session of await sessionsOf(log, name))
      if (best === undefined || isBetter(session, best)) best = session;
  }
  return best;
}

function isBetter(one: FoundSession, other: FoundSession): boolean {
  if (one.isReplay !== other.isReplay) return other.isReplay;
  return one.recordedAt >= other.recordedAt;
}

function writtenMs(log: readonly FoundFile[]): number {
  return Math.max(...log.map(({ modifiedMs }) => modifiedMs));
}

async function sessionsOf(log: readonly FoundFile[], name: string): Promise<FoundSession[]> {
  const extents = log.map((part) => ({ path: part.path, log: part.log, endOffset: part.sizeBytes }));
  const filter = filterFor({ sessions: [name] });
  const sessions: LogRecord[][] = [];
  for await (const entries of history([extents], "all", { filter })) {
    for (const entry of entries) {
      if (entry.type !== "record") continue;
      const { record } = entry;
      const current = sessions.at(-1);
      const isFirst = record.kind === "session" && record.event === "connect";
      if (current === undefined || isFirst) sessions.push([record]);
      else current.push(record);
    }
  }
  return sessions.map((records) => ({
    log: basename(log[0]?.path ?? ""),
    recordedAt: records[0]?.time ?? "",
    records,
    isReplay: records.some(isOfReplay),
  }));
}

function isOfReplay(record: LogRecord): boolean {
  if (record.kind !== "request" || record["mcp.method.name"] !== "initialize") return false;
  return field(record.body, "params", "_meta", replayMark) !== undefined;
}

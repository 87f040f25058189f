/** What `mcp inspect` makes of all records at once: the table of sessions, the statistics, an export. */
import { exportEntries } from "../log/export.ts";
import { filterFor } from "../log/filter.ts";
import { history, type Extent, type HistoryOptions } from "../log/history.ts";
import { SessionSummaries } from "../log/session-summaries.ts";
import { Statistics, statisticsJson } from "../log/statistics.ts";
import { entriesWithStories } from "../log/stories.ts";
import { sessionsTable } from "../terminal/sessions-table.ts";
import { statisticsTable } from "../terminal/statistics-table.ts";
import { stylesFor } from "../terminal/styles.ts";
import type { InspectOptions, View } from "./inspect-options.ts";
import { columnsOf, written } from "./inspect-output.ts";

type Logs = readonly (readonly Extent[])[];
type Options = Omit<InspectOptions, "view"> & { readonly view: Exclude<View, "tail"> };

/** @returns false if there was nothing to show. */
export async function report(logs: Logs, options: Options, signal: AbortSignal): Promise<boolean> {
  switch (options.view) {
    case "sessions":
      return showSessions(logs, options, signal);
    case "stats":
      return showStatistics(logs, options, signal);
    case "har":
    case "otlp":
    case "jsonl":
      return exportAll(logs, { ...options, view: options.view }, signal);
  }
}

async function showStatistics(logs: Logs, options: Options, signal: AbortSignal): Promise<boolean> {
  const statistics = new Statistics();
  const past = { ...rangeOf(options), filter: filterFor(options.filter), headsOnly: true };
  for await (const entries of history(logs, options.lines, past)) {
    if (signal.aborted) return true;
    for (const entry of entries) statistics.add(entry);
  }
  const methods = statistics.methods();
  if (methods.length === 0) return false;
  await print(options.json ? methods.map(statisticsJson) : tableOf(statisticsTable, methods), signal);
  return true;
}

async function showSessions(logs: Logs, options: Options, signal: AbortSignal): Promise<boolean> {
  const sessions = new SessionSummaries();
  const past = { ...rangeOf(options), filter: filterFor(options.filter), headsOnly: true };
  for await (const told of entriesWithStories(logs, options.lines, past)) {
    if (signal.aborted) return true;
    for (const { entry, matches } of told) sessions.add(entry, matches);
  }
  const nowMs = Date.now();
  const summaries = sessions.summaries(nowMs);
  if (summaries.length === 0) return false;
  const lines = options.json
    ? summaries
    : tableOf((styles, width) => sessionsTable(styles, width, summaries, nowMs), summaries);
  await print(lines, signal);
  return true;
}

async function exportAll(
  logs: Logs,
  options: Options & { readonly view: Exclude<View, "tail" | "sessions" | "stats"> },
  signal: AbortSignal,
): Promise<boolean> {
  const past = { ...rangeOf(options), filter: filterFor(options.filter) };
  let isEmpty = true;
  const found = entriesWithStories(logs, options.lines, past);
  for await (const chunk of exportEntries(options.view, found)) {
    if (signal.aborted) return true;
    isEmpty &&= chunk.isEmpty;
    await written(process.stdout, chunk.bytes, signal);
  }
  return !isEmpty;
}

function rangeOf({ filter: { sinceMs, untilMs } }: Options): Omit<HistoryOptions, "filter"> {
  return {
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}

function tableOf<Row>(
  of: (styles: ReturnType<typeof stylesFor>, width: number, rows: readonly Row[]) => string[],
  rows: readonly Row[],
): string[] {
  return of(stylesFor(process.stdout), columnsOf(process.stdout), rows);
}

/** Texts as lines, other values as JSON lines. */
async function print(lines: readonly unknown[], signal: AbortSignal): Promise<void> {
  const texts = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  await written(process.stdout, texts.join(""), signal);
}

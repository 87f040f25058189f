/** `mcp inspect`: shows what is in the session logs, and what comes. */
import { fstatSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { CliError, exitCodes } from "../cli-error.ts";
import type { Entry } from "../log/decode.ts";
import { filterFor, type Filter } from "../log/filter.ts";
import { Following, type Start } from "../log/follow.ts";
import { history, type Extent } from "../log/history.ts";
import { currentLogs, logsIn, type Place } from "../log/locate.ts";
import type { FoundFile } from "../log/log-files.ts";
import { openingOf } from "../log/opening.ts";
import { partedByAccess } from "../log/parted-by-access.ts";
import { bookmark } from "../log/tail.ts";
import { withTelling, type Telling } from "../log/telling.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { hasOwnLine } from "../terminal/own-line.ts";
import { plainText } from "../terminal/plain-text.ts";
import { parseCommandLine } from "./command-line.ts";
import { declareInspectFlags, readInspectOptions, type InspectOptions } from "./inspect-options.ts";
import { InspectOutput } from "./inspect-output.ts";
import { choosePlace, runsWithoutLog, writesNoLog } from "./inspect-place.ts";

/** How long a reader such as `head -1` may take to be gone. */
const readerLeavesMs = 100;

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Show what the sessions of a server did, and what they do.",
    examples: [
      [program, "the last records, and what comes"],
      [`${program} --tool add --errors --since 1h`, "failed calls of one tool"],
      [`${program} --export har > calls.har`, "for a browser's developer tools"],
    ],
    declare: declareInspectFlags,
  });
  if (parsed.kind === "help") return exitCodes.done;
  const options = readInspectOptions(parsed.options, {
    nowMs: Date.now(),
    isTerminal: process.stdout.isTTY,
  });

  const cancellation = cancelOnSignals();
  const signal = AbortSignal.any([cancellation.signal, watchOutput().signal]);
  try {
    const place = await choosePlace(parsed.args[0], process.cwd(), { program, signal });
    if (place === undefined) return cancellation.exitCode();
    await show(place, options, signal);
    return cancellation.signal.aborted ? cancellation.exitCode() : exitCodes.done;
  } catch (error) {
    throw explained(error);
  } finally {
    cancellation.dispose();
  }
}

async function show(place: Place, options: InspectOptions, signal: AbortSignal): Promise<void> {
  const found = await readableLogs(place, options);
  const current = currentLogs(found);
  const logs = spans(options) || place.kind === "file" ? found : current.logs;
  if (logs.length === 0) sayNothingThere(place, options);

  const starts = options.follow ? await bookmarksOf(found.flat()) : [];
  const extents = logs.map((parts) =>
    parts.map((part) => {
      const start = starts.find(({ identity }) => identity === part.identity);
      return { path: part.path, log: part.log, endOffset: start?.bookmark.offset ?? part.sizeBytes };
    }),
  );
  if (options.view !== "tail") {
    const { report } = await import("./inspect-report.ts");
    if (!(await report(extents, { ...options, view: options.view }, signal))) sayNoMatch(place, options);
    return;
  }
  const asked = filterFor(options.filter);
  const telling = needsTelling(options) ? withTelling(asked) : undefined;
  const [filter, isShown] = [telling ?? asked, telling?.isShown];
  const output = new InspectOutput(process.stdout, options);
  if (!options.follow) {
    const count = await showPast(extents, { options, filter, output, signal });
    await output.flush(signal);
    if (count === 0) sayNoMatch(place, options);
    return;
  }
  const { folder, accepts } = place;
  const withAsked = isAskedShown(options);
  const following = await Following.start({
    folder,
    accepts,
    starts,
    filter,
    withAsked,
    signal,
    onUnreadable: sayUnreadable,
  });
  try {
    await showPast(extents, { options, filter, isShown, output, signal });
    if (signal.aborted) return;
    if (logs.length > 0 && place.kind === "project" && !current.isLive) note(lastLogText(place));
    output.goLive();
    for await (const entries of following.entries()) await output.write(entries, signal, isShown);
  } finally {
    output.stop();
    await following.close();
  }
}

/** Another user's log is no reason to show none of a project. */
async function readableLogs(place: Place, { follow }: InspectOptions): Promise<FoundFile[][]> {
  const all = await logsIn(place);
  if (place.kind === "file") return all;
  const { logs, refused } = await partedByAccess(all);
  const [first] = refused;
  if (logs.length === 0 && first !== undefined && !follow) throw first;
  refused.forEach(sayUnreadable);
  return logs;
}

type Showing = {
  readonly options: InspectOptions;
  readonly filter: Filter;
  readonly isShown?: Telling["isShown"] | undefined;
  readonly output: InspectOutput;
  readonly signal: AbortSignal;
};

/** @returns how many entries there were. */
async function showPast(
  extents: readonly (readonly Extent[])[],
  { options, filter, isShown, output, signal }: Showing,
): Promise<number> {
  if (!options.json) {
    const openings = await Promise.all(extents.flatMap((parts) => parts.slice(-1)).map(openingOf));
    for (const opening of openings) if (opening !== undefined) output.learn(opening);
  }
  const { sinceMs, untilMs } = options.filter;
  const past = history(extents, options.lines, {
    filter,
    withAsked: isAskedShown(options),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(options.json || !withAnswers(options)
      ? {}
      : { counts: (entry) => (isShown?.(entry) ?? true) && isLine(entry, options) }),
  });
  let count = 0;
  let held: Entry | undefined;
  for await (const entries of past) {
    count += entries.length;
    const last = entries.at(-1);
    if (last === undefined) continue;
    await output.write([...(held === undefined ? [] : [held]), ...entries.slice(0, -1)], signal, isShown);
    held = last;
    if (signal.aborted) return count;
  }
  // Only a write tells that a pipe is closed. So the last line of the history waits for a reader to leave who had
  // enough: behind it there may be silence, and `mcp inspect | head -1` would not end before the next record.
  if (options.follow && count > 1 && isPipe(process.stdout.fd)) await pause(readerLeavesMs, signal);
  if (held !== undefined) await output.write([held], signal, isShown);
  return count;
}

/** A disk or a network drive that fails is nothing that a stack helps with. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return new CliError(`the log cannot be read: ${error.message}`, {
    hint: "what could be read was shown; try again",
    cause: error,
  });
}

/** Asked for by time or for all, the logs of earlier runs belong to it. */
function spans({ filter }: InspectOptions): boolean {
  return filter.sinceMs !== undefined || filter.untilMs !== undefined;
}

/** What is filtered by kind may have requests alone. */
function withAnswers({ filter: { events } }: InspectOptions): boolean {
  return events?.includes("response") ?? true;
}

/** A person who looks for what went wrong wants to see what was asked, too. */
function isAskedShown({ json, filter }: InspectOptions): boolean {
  return !json && filter.errors === true;
}

/** A call that is shown while it waits does so until something ends it, which a filter may have left out. */
function needsTelling(options: InspectOptions): boolean {
  return (
    options.follow && options.isFiltered && !options.json && withAnswers(options) && !isAskedShown(options)
  );
}

function isLine(entry: Entry, { expand }: InspectOptions): boolean {
  return entry.type !== "record" || hasOwnLine(entry.record, expand);
}

async function bookmarksOf(files: readonly FoundFile[]): Promise<Start[]> {
  return Promise.all(
    files.map(async ({ path, identity, sizeBytes }) => ({
      identity,
      bookmark: await bookmark(path, sizeBytes),
    })),
  );
}

function sayNoMatch({ name }: Place, { isFiltered, view, lines }: InspectOptions): void {
  if (lines === 0) return;
  const what = view === "tail" || view === "jsonl" ? "record" : view === "sessions" ? "session" : "call";
  if (lines === "all" || what === "record") {
    note(isFiltered ? `no ${what} matches` : `${name} holds no ${what} yet`);
    return;
  }
  const last = lines === 1 ? "the last record" : `the last ${lines} records`;
  note(`no ${what} in ${last}${isFiltered ? " that match" : ""}`);
  note("  -n all looks at all of them");
}

function lastLogText(place: Place): string {
  return runsWithoutLog(place)
    ? `the dev server of ${place.name} writes no log; this was the last one; ${waitingForLog}`
    : `mcp dev does not run in ${place.name}; this was its last log; waiting for the next`;
}

const waitingForLog = "waiting for one that is started without --no-log";

const unreadable = new Set<string>();

function sayUnreadable({ message }: CliError): void {
  if (!unreadable.has(message)) note(message);
  unreadable.add(message);
}

function sayNothingThere(place: Place, { follow, view }: InspectOptions): void {
  const { name } = place;
  const isWithoutLog = runsWithoutLog(place);
  if (follow) {
    note(
      isWithoutLog
        ? `the dev server of ${name} writes no log; ${waitingForLog}`
        : `no session log in ${name} yet; waiting for mcp dev`,
    );
    return;
  }
  if (isWithoutLog) throw writesNoLog(name);
  throw new CliError(`no session log in ${name}`, {
    hint: view === "tail" ? "run mcp dev there; without --no-follow this waits for it" : "run mcp dev there",
  });
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(durationMs, undefined, { signal }).catch(() => undefined);
}

function isPipe(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  return stats.isFIFO() || stats.isSocket();
}

function note(text: string): void {
  process.stderr.write(`${plainText(text)}\n`);
}

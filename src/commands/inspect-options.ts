/** The flags of `mcp inspect`, checked. */
import type { Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import type { FilterOptions } from "../log/filter.ts";
import { exportFormats, type ExportFormat } from "../log/export.ts";
import { parseEnd, parseMoment } from "../log/time-expression.ts";
import { linePattern, type LinePattern } from "./line-pattern.ts";

export type InspectOptions = {
  readonly lines: number | "all";
  readonly follow: boolean;
  readonly filter: FilterOptions;
  /** Some flag leaves records out. */
  readonly isFiltered: boolean;
  readonly view: View;
  readonly expand: boolean;
  readonly json: boolean;
};

/** `tail`: the records themselves; the others are made of all of them at once. */
export type View = "tail" | "sessions" | "stats" | ExportFormat;

const defaultLines = 50;
const names = new Set(
  [
    "connect",
    "ready",
    "rootsChanged",
    "error",
    "disconnect",
    "restored",
    "started",
    "serving",
    "failed",
    "lists",
  ].concat([
    "meta",
    "session",
    "request",
    "response",
    "notification",
    "reload",
    "output",
    "noise",
    "types",
    "drop",
  ]),
);

export function declareInspectFlags(command: Command): void {
  command
    .argument("[target]", "project or log file (default: this project)")
    .option("-n, --lines <n|all>", `how much history first (default: ${defaultLines})`)
    .option("--no-follow", "print the history and end")
    .option("--since <time>", "10m, 2h, 14:05 or ISO 8601")
    .option("--until <time>", "ends there; 14:05 is today's or next after --since")
    .option("--session <ids>", "only these: s1,s2, or the protocol's ids")
    .option("--event <names>", "only these: connect,failed; or kinds: reload,output")
    .option("--method <names>", "only these: tools/call,resources/*")
    .option("--tool <names>", "only calls of these tools")
    .option("--grep <regex>", "only records that match")
    .option("--errors", "only what went wrong")
    .option("-x, --expand", "payloads in full")
    .option("--sessions", "a table of sessions")
    .option("--stats", "calls, errors and times per method and tool")
    .option("--export <har|otlp|jsonl>", "convert for a browser's tools, tracing, jq")
    .option("--json", "records as JSON lines (default where no terminal is)");
}

/** @throws CliError with exit code 2 for a value that means nothing. */
export function readInspectOptions(
  given: Readonly<Record<string, unknown>>,
  about: { readonly nowMs: number; readonly isTerminal: boolean },
): InspectOptions {
  const view = viewOf(given);
  const { nowMs } = about;
  const sinceMs = moment("--since", given["since"], (text) => parseMoment(text, nowMs));
  const since = sinceMs === undefined ? undefined : String(given["since"]);
  const untilMs = moment("--until", given["until"], (text) => parseEnd(text, nowMs, since));
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    throw usage("--since is later than --until", "between them is nothing");
  }
  const filter: FilterOptions = defined({
    sessions: list("--session", given["session"]),
    events: events(given["event"]),
    methods: list("--method", given["method"]),
    tools: list("--tool", given["tool"]),
    pattern: pattern(given["grep"]),
    errors: given["errors"] === true ? true : undefined,
    sinceMs,
    untilMs,
  });
  const json = given["json"] === true;
  const expand = given["expand"] === true;
  return {
    // Who says from when wants all of it.
    lines: lines(given["lines"]) ?? (sinceMs === undefined && view === "tail" ? defaultLines : "all"),
    follow: given["follow"] !== false && untilMs === undefined && view === "tail",
    filter,
    isFiltered: Object.keys(filter).length > 0,
    view,
    expand,
    json: json || !(about.isTerminal || expand),
  };
}

function viewOf(given: Readonly<Record<string, unknown>>): View {
  const views = ["sessions", "stats", "export"].filter((flag) => given[flag] !== undefined);
  if (views.length > 1)
    throw usage(`--${views.join(" and --")} exclude each other`, "give one of them at a time");
  const format = given["export"];
  if (format === undefined)
    return given["sessions"] === true ? "sessions" : given["stats"] === true ? "stats" : "tail";
  const known = exportFormats.find((name) => name === format);
  if (known !== undefined) return known;
  throw usage(`there is no format ${JSON.stringify(format)} to export`, `one of: ${exportFormats.join(" ")}`);
}

function lines(value: unknown): number | "all" | undefined {
  if (value === undefined || value === "all") return value;
  const text = typeof value === "string" ? value : "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage(`--lines ${text} is no number of lines`, "give a whole number from 0, or all");
}

function moment(
  flag: string,
  value: unknown,
  parse: (text: string) => number | undefined,
): number | undefined {
  if (typeof value !== "string") return undefined;
  const ms = parse(value);
  if (ms === undefined)
    throw usage(`${flag} ${value} is no time`, `like ${flag} 10m, 2h, 14:05 or 2026-01-31T14:05:00Z`);
  return ms;
}

function list(flag: string, value: unknown): string[] | undefined {
  if (typeof value !== "string") return undefined;
  const items = value.split(",").map((item) => item.trim());
  if (items.includes(""))
    throw usage(`${flag} ${JSON.stringify(value)} has an empty name`, `like ${flag} one,other`);
  return items;
}

function events(value: unknown): string[] | undefined {
  const items = list("--event", value);
  const unknown = items?.find((item) => !names.has(item));
  if (unknown !== undefined)
    throw usage(`there is no event ${unknown}`, `events and kinds: ${[...names].join(" ")}`);
  return items;
}

function pattern(value: unknown): LinePattern | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return linePattern(new RegExp(value, "u"));
  } catch {
    // Not every pattern that people write is one with the u flag: `\-` is not.
  }
  try {
    return linePattern(new RegExp(value));
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error);
    throw usage(
      `--grep is no regular expression: ${reason}`,
      "put a backslash before ( ) [ ] { } * + ? . that you mean",
    );
  }
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: exitCodes.usage });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  const present: Defined<T> = { ...value };
  for (const key of Object.keys(present))
    if (Reflect.get(present, key) === undefined) Reflect.deleteProperty(present, key);
  return present;
}

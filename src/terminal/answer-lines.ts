/** The lines of a call that is over: its answer, or that there will be none. */
import { arrow, callLines } from "./call-line.ts";
import { field, isObject, numberField, textField, type Foreign } from "./foreign.ts";
import { indentOf, type View } from "./line-start.ts";
import type { PendingCall } from "./pending-calls.ts";
import { prettyJson } from "./pretty-json.ts";
import { requestSummary } from "./request-summary.ts";
import { resultSummary } from "./result-summary.ts";
import type { Direction } from "../log/record.ts";

/** The connect line says what these say. */
const toldByConnect = new Set(["initialize", "notifications/initialized"]);
const rarelyWanted = new Set(["ping", "notifications/roots/list_changed"]);

export function isShown(method: string, { verbosity }: Pick<View, "verbosity">): boolean {
  return verbosity === "verbose" || !(toldByConnect.has(method) || rarelyWanted.has(method));
}

export function answerLines(view: View, record: Foreign, call: PendingCall | undefined): string[] {
  const dir = opposite(directionOf(record));
  // The answer has the request's attributes, but its body is its own.
  const request = call?.request ?? requestSummary({ ...record, body: undefined });
  const result = resultSummary(request.method, record);
  if (!result.isFailed && (view.verbosity === "quiet" || !isShown(request.method, view))) return [];
  const lines = callLines(view, { dir, request, durationMs: numberField(record, "duration_ms"), result });
  if (!view.expand) return lines;
  const body = field(record, "body");
  const answer = field(body, "result") ?? field(body, "error") ?? body;
  return [...lines, ...payload(view, dir, call?.body), ...payload(view, opposite(dir), answer)];
}

export function noAnswer({ dir, request }: PendingCall, view: View): string[] {
  return callLines(view, {
    dir,
    request,
    durationMs: undefined,
    result: { isFailed: true, text: "no answer" },
  });
}

/** Below its line, with the mark of who said it. */
export function payload(view: View, dir: Direction, body: unknown): string[] {
  if (body === undefined || (isObject(body) && Object.keys(body).length === 0)) return [];
  const indent = Math.min(indentOf(view), Math.floor(view.width / 4));
  const [first = "", ...rest] = prettyJson(body, view.styles, view.width, indent, "readable");
  if (indent < 2) return [first, ...rest];
  return [`${" ".repeat(indent - 2)}${view.styles.dim(arrow(dir))} ${first.slice(indent)}`, ...rest];
}

export function directionOf(record: Foreign): Direction {
  return textField(record, "dir") === "s2c" ? "s2c" : "c2s";
}

export function opposite(dir: Direction): Direction {
  return dir === "c2s" ? "s2c" : "c2s";
}

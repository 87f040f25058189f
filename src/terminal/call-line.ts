/** The line of a request and its answer: what was asked, how long it took, what came of it. */
import { cellsOf, fit } from "./display-width.ts";
import { durationText } from "./durations.ts";
import { startLine, type View } from "./line-start.ts";
import type { Line } from "./line.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { ResultSummary } from "./result-summary.ts";
import type { Direction } from "../log/record.ts";

/** Durations stand below each other where the width lets them. */
const whatColumnCells = 44;
const durationCells = 7;
const slowMs = 1000;

export type Call = {
  /** Who asked. */
  readonly dir: Direction;
  readonly request: RequestSummary;
  readonly durationMs: number | undefined;
  readonly result: ResultSummary;
};

export function callLine(view: View, call: Call): string {
  const { styles } = view;
  const { request, result, durationMs } = call;
  const duration = durationMs === undefined ? "–" : durationText(durationMs);
  const line = startLine(view, arrow(call.dir), result.isFailed ? styles.red : arrowStyle(view, call.dir));

  const resultText = fit(`${result.isFailed ? "✗ " : ""}${result.text}`, line.left);
  const column = Math.min(whatColumnCells, Math.floor(line.left / 2));
  const rightCells =
    durationCells + 4 + Math.min(cellsOf(resultText), Math.max(12, line.left - column - durationCells - 4));
  const whatCells = Math.max(column, line.left - rightCells);

  const before = line.left;
  addWhat(line, view, request, whatCells);
  const used = before - line.left;
  if (line.left < durationCells + 6) line.gap(2);
  else
    line
      .gap(column - used)
      .gap(2 + Math.max(0, durationCells - duration.length - Math.max(0, used - column)));
  const isSlow = durationMs !== undefined && durationMs >= slowMs;
  line.add(duration, isSlow ? styles.yellow : styles.dim).gap(2);
  if (result.isFailed) line.add(resultText, styles.red);
  else line.add(resultText);
  return line.toString();
}

export function arrow(dir: Direction): string {
  return dir === "c2s" ? "→" : "←";
}

/** What the server asks of the client is rarer, and stands out. */
export function arrowStyle({ styles }: View, dir: Direction): (text: string) => string {
  return dir === "c2s" ? styles.dim : styles.magenta;
}

/** Method, subject and details in at most so many cells. */
export function addWhat(line: Line, { styles }: View, request: RequestSummary, cells: number): void {
  const end = line.left - Math.min(cells, line.left);
  const add = (text: string, style?: (text: string) => string): void => {
    line.add(text, style, line.left - end);
  };
  add(request.method);
  if (request.subject !== undefined && line.left - end > 2) {
    line.gap(1);
    add(request.subject, styles.bold);
  }
  if (request.details !== "" && line.left - end > 5) {
    line.gap(2);
    add(request.details, styles.dim);
  }
}

/** The line of a request and its answer: what was asked, how long it took, what came of it. */
import { fitted, wrap } from "./display-width.ts";
import { durationText } from "./durations.ts";
import { indentOf, startLine, type View } from "./line-start.ts";
import { Line } from "./line.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { ResultSummary } from "./result-summary.ts";
import type { Direction } from "../log/record.ts";

/** Durations stand below each other where the width lets them. */
const whatColumnCells = 44;
const durationCells = 7;
/** Two before the duration, two after it. */
const gapsCells = 4;
const slowMs = 1000;
/** In a column narrower than this an error is hard to read. */
const failureCells = 40;
const mostFailureLines = 5;
/** So much of a name tells which it is. */
const tellingCells = 24;

export type Call = {
  /** Who asked. */
  readonly dir: Direction;
  readonly request: RequestSummary;
  readonly durationMs: number | undefined;
  readonly result: ResultSummary;
  /** Instead of the arrow, while the answer is waited for. */
  readonly mark?: string;
};

export function callLines(view: View, call: Call): string[] {
  const { styles } = view;
  const { request, result, durationMs } = call;
  const duration = durationMs === undefined ? "–" : durationText(durationMs);
  const style = result.isFailed
    ? styles.red
    : call.mark === undefined
      ? arrowStyle(view, call.dir)
      : styles.cyan;
  const line = startLine(view, call.mark ?? arrow(call.dir), style);

  const text = fitted(result.isFailed ? `✗ ${result.text}` : result.text, line.left);
  const free = line.left - durationCells - gapsCells;
  const column = Math.min(whatColumnCells, Math.floor(line.left * 0.42));
  const whatCells = Math.max(column, free - Math.min(text.cells, Math.max(12, free - column)));

  const before = line.left;
  addWhat(line, view, request, whatCells);
  const used = before - line.left;
  const beyond = Math.max(0, used - column);
  line.gap(column - used).gap(2 + Math.max(0, durationCells - duration.length - beyond));
  line.add(duration, durationMs !== undefined && durationMs >= slowMs ? styles.yellow : styles.dim).gap(2);
  if (!result.isFailed) return [line.addFitted(text).toString()];
  return failure(view, line, `✗ ${result.text}`);
}

/** An error is shown whole: beside the call if there is room for a column, else below it. */
function failure(view: View, line: Line, text: string): string[] {
  const { styles, width } = view;
  const at = width - line.left;
  const below = (part: string, indent: number): string =>
    new Line(width).gap(indent).add(part, styles.red).toString();
  const [first = "", ...rest] = wrap(text, line.left, mostFailureLines);
  if (rest.length > 0 && line.left < failureCells) {
    const indent = indentOf(view);
    const parts = wrap(text, width - indent - 2, mostFailureLines);
    return [line.toString(), ...parts.map((part, index) => below(part, index === 0 ? indent : indent + 2))];
  }
  return [line.add(first, styles.red).toString(), ...rest.map((part) => below(part, at))];
}

export function arrow(dir: Direction): string {
  return dir === "c2s" ? "→" : "←";
}

/** What the server asks of the client is rarer, and stands out without a colour that a session may have. */
export function arrowStyle({ styles }: View, dir: Direction): (text: string) => string {
  return dir === "c2s" ? styles.dim : styles.bold;
}

/** Method, subject and details in at most so many cells; where there is no room for both, the subject says more than the method. */
export function addWhat(line: Line, { styles }: View, request: RequestSummary, cells: number): void {
  const end = line.left - Math.min(cells, line.left);
  const add = (text: string, style?: (text: string) => string): void => {
    line.add(text, style, line.left - end);
  };
  const { subject } = request;
  const needed = subject === undefined ? 0 : 1 + fitted(subject, tellingCells).cells;
  const isMethodShown = request.method !== "" && request.method.length + needed <= line.left - end;
  if (isMethodShown || subject === undefined) add(request.method);
  if (subject !== undefined && line.left - end > 2) {
    line.gap(isMethodShown ? 1 : 0);
    add(subject, styles.bold);
  }
  if (request.details !== "" && line.left - end > 9) {
    line.gap(2);
    add(request.details, styles.dim);
  }
}

/** Shows what the server printed, and marks what it printed where only the protocol may go. */
import { wrap } from "./display-width.ts";
import { isForeign, shortPlace } from "./error-frame.ts";
import { textField, type Foreign } from "./foreign.ts";
import { startTime, type View } from "./line-start.ts";
import { Line } from "./line.ts";
import { linesOf } from "./plain-text.ts";
import type { Style } from "./styles.ts";

const mostLines = 1000;
const mostRowsOfOneLine = 20;
/** Far longer than a path may be. */
const longestFrame = 2000;

/** Remarks of FastMCP and its proxy about themselves; the second is about clients, which can do nothing about it. */
const remark = /^\[(?:FastMCP (?:debug|info)\]|mcp-proxy\] (?!error))/;
const capabilitiesRemark = "could not infer client capabilities after 10 attempts";

export function outputLines(view: View, record: Foreign): string[] {
  return shownLines(view, record).flatMap((line) => serverText(view, record, line, view.styles.dim));
}

/** Those that are for whoever looks, not yet made plain. */
export function shownLines(view: Pick<View, "verbosity" | "expand">, record: Foreign): string[] {
  if (view.verbosity === "quiet") return [];
  const lines = linesOf(textField(record, "body") ?? "", mostLines);
  if (view.verbosity === "verbose") return lines;
  return lines.filter((line) => !isRemark(line) && (view.expand || !isForeignFrame(line)));
}

export function noiseLines(view: View, record: Foreign, isHintDue: boolean): string[] {
  if (view.verbosity === "quiet") return [];
  const { styles, width, cwd } = view;
  const source = textField(record, "source");
  const lines = linesOf(textField(record, "body") ?? "", mostLines).flatMap((line) =>
    serverText(view, record, line, styles.yellow),
  );
  if (!isHintDue) return lines;
  const indent = gutterCells(view);
  const hint = `${source === undefined ? "" : `${shortPlace(source, cwd)}: `}standard output carries the protocol; use console.error or context.log`;
  return [
    ...lines,
    ...wrap(hint, width - indent - 2, 4).map((part, index) =>
      new Line(width)
        .gap(indent)
        .add(index === 0 ? "▲ " : "  ", styles.yellow)
        .add(part, styles.yellow)
        .toString(),
    ),
  ];
}

function isRemark(line: string): boolean {
  const start = line.slice(0, 200).trimStart();
  return remark.test(start) || start.includes(capabilitiesRemark);
}

/** Where in a dependency an error was thrown helps few, and fills the screen. */
function isForeignFrame(line: string): boolean {
  return /^\s+at \S/.test(line) && isForeign(line.slice(0, longestFrame).trim());
}

/** `out server │ text`, wrapped inside its gutter. */
function serverText(view: View, record: Foreign, text: string, style: Style): string[] {
  const { styles, width } = view;
  const label = textField(record, "stream") === "stdout" ? "out" : "err";
  const rows = wrap(text, width - gutterCells(view), mostRowsOfOneLine);
  return rows.map((row, index) => {
    const line =
      index === 0
        ? startTime(view)
            .add(label, style)
            .gap(view.sessionCells - label.length)
            .gap(1)
            .add("server", style)
        : new Line(width).gap(gutterCells(view) - 3);
    return line.gap(1).sign("│", styles.dim).gap(1).add(row, style).toString();
  });
}

/** Cells up to the text: time, label, `server │ `. */
function gutterCells(view: View): number {
  const free = new Line(view.width).left;
  return free - startTime(view).left + view.sessionCells + 1 + "server │ ".length;
}

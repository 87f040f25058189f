/** Draws a report as aligned text. */
import { figure, type Cell, type Must, type Report } from "./report.ts";

export function drawReport(report: Report): string {
  const lines = [
    report.title,
    ...report.notes.map((note) => `  ${note}`),
    "",
    ...drawTable(report.columns, report.rows),
    "",
    ...drawMusts(report.musts),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The first column is text, the others are aligned to the right. */
function drawTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const draw = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? text.padEnd(width) : text.padStart(width);
      })
      .join("  ");
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const [head, ...body] = texts.map(draw);
  return [head ?? "", rule, ...body].map((line) => `  ${line}`);
}

function drawMusts(musts: readonly Must[]): string[] {
  const width = (text: (must: Must) => string): number => Math.max(...musts.map((must) => text(must).length));
  const whatWidth = width(({ what }) => what);
  const limitWidth = width(({ limit }) => limit);
  const isWidth = width(({ is }) => is);
  return musts.map(({ what, limit, is, reached }) => {
    const texts = [what.padEnd(whatWidth), limit.padEnd(limitWidth), is.padStart(isWidth)];
    return `  must: ${texts.join("  ")}  ${reached ? "✓" : "✗"}`;
  });
}

function cellText(cell: Cell): string {
  return typeof cell === "number" ? figure(cell) : cell;
}

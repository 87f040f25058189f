/** A table that fits its screen: columns shrink to what they need at least, then leave, the least important first. */
import { cellsOf } from "./display-width.ts";
import { Line } from "./line.ts";
import { plainText } from "./plain-text.ts";
import type { Style, Styles } from "./styles.ts";

export type Piece = {
  readonly text: string;
  readonly style?: Style | undefined;
  /** Left out where the cell has no room for it. */
  readonly optional?: true;
};
/** One or several pieces side by side, a space between. */
export type Cell = readonly Piece[];

export type Column<Row> = {
  readonly title: string;
  readonly align?: "right";
  /** Cells that it may shrink to; not below its content if omitted. */
  readonly least?: number;
  /** Which one leaves first where there is no room: the lowest. Without it, it stays. */
  readonly leaves?: number;
} & (
  | { readonly cell: (row: Row) => Cell }
  /** Takes the cells that are left, up to `most`; `head` is its title at that width. */
  | {
      readonly fill: (row: Row, cells: number) => Cell;
      readonly head: (cells: number) => string;
      readonly least: number;
      readonly most: number;
    }
);

const gapCells = 2;
/** Looked at to measure a column; what is beyond is cut anyway. */
const longest = 400;

type Measured<Row> = { readonly column: Column<Row>; readonly wanted: number; readonly least: number };

export function table<Row>(
  styles: Styles,
  width: number,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string[] {
  const measured = fitting(columns.map(measure(rows)), width);
  const widths = widthsOf(measured, width);
  const title = (column: Column<Row>, cells: number): string =>
    "fill" in column ? column.head(cells) : column.title;
  const head = measured.map(({ column }, at): [Column<Row>, Cell] => [
    column,
    [{ text: title(column, widths[at] ?? 0), style: styles.dim }],
  ]);
  const body = rows.map((row) =>
    measured.map(({ column }, at): [Column<Row>, Cell] => {
      const room = widths[at] ?? 0;
      return [column, fitted(cellOf(column, row, room), room)];
    }),
  );
  return [head, ...body].map((cells) => lineOf(cells, widths, width));
}

function lineOf<Row>(
  cells: readonly (readonly [Column<Row>, Cell])[],
  widths: readonly number[],
  width: number,
): string {
  const line = new Line(width);
  for (const [at, [column, cell]] of cells.entries()) {
    if (at > 0) line.gap(gapCells);
    const room = widths[at] ?? 0;
    const used = Math.min(room, sizeOf(cell));
    if (column.align === "right") line.gap(room - used);
    const end = line.left - used;
    for (const [index, { text, style }] of cell.entries()) {
      if (index > 0 && line.left > end) line.gap(1);
      line.add(text, style, line.left - end);
    }
    if (column.align !== "right") line.gap(line.left - end + room - used);
  }
  return line.toString();
}

function measure<Row>(rows: readonly Row[]): (column: Column<Row>) => Measured<Row> {
  return (column) => {
    if ("fill" in column) return { column, wanted: column.most, least: column.least };
    const contents = rows.map((row) => sizeOf(column.cell(row)));
    const wanted = contents.reduce((most, cells) => Math.max(most, cells), column.title.length);
    return { column, wanted, least: Math.min(wanted, column.least ?? wanted) };
  };
}

/** Those for which there is room. */
function fitting<Row>(measured: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const needed = measured.reduce((sum, { least }) => sum + least + gapCells, -gapCells);
  if (needed <= width) return measured;
  let leaving: Measured<Row> | undefined;
  for (const one of measured) {
    const { leaves } = one.column;
    if (leaves !== undefined && leaves < (leaving?.column.leaves ?? Number.POSITIVE_INFINITY)) leaving = one;
  }
  if (leaving === undefined) return measured;
  return fitting(
    measured.filter((one) => one !== leaving),
    width,
  );
}

/** What is left goes to content first, then to what fills. */
function widthsOf<Row>(measured: readonly Measured<Row>[], width: number): number[] {
  const widths = measured.map(({ least }) => least);
  let left = width - widths.reduce((sum, cells) => sum + cells + gapCells, -gapCells);
  for (const isFill of [false, true]) {
    for (const [at, { column, wanted, least }] of measured.entries()) {
      if ("fill" in column !== isFill || left <= 0) continue;
      const more = Math.min(left, wanted - least);
      widths[at] = least + more;
      left -= more;
    }
  }
  return widths;
}

function cellOf<Row>(column: Column<Row>, row: Row, cells: number): Cell {
  return "fill" in column ? column.fill(row, cells) : column.cell(row);
}

function fitted(cell: Cell, room: number): Cell {
  return sizeOf(cell) <= room ? cell : cell.filter(({ optional }) => optional !== true);
}

function sizeOf(cell: Cell): number {
  return cell.reduce(
    (sum, { text }, index) => sum + (index > 0 ? 1 : 0) + cellsOf(plainText(text.slice(0, longest))),
    0,
  );
}

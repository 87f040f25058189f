/** What every line of a session begins with: local time, the session in its colour, and a mark. */
import { Line } from "./line.ts";
import { sessionColor } from "./session-colors.ts";
import type { Style, Styles } from "./styles.ts";

export type Verbosity = "quiet" | "normal" | "verbose";

/** What a renderer knows about the screen and about the record at hand. */
export type View = {
  readonly styles: Styles;
  /** Columns of the terminal at this moment. */
  readonly width: number;
  readonly verbosity: Verbosity;
  readonly expand: boolean;
  /** HH:MM:SS.mmm */
  readonly time: string;
  readonly session: string | undefined;
  /** Cells of the column of session names. */
  readonly sessionCells: number;
  /** Folder of the project, which paths are shown relative to, where known. */
  readonly cwd: string | undefined;
};

const narrow = 60;
const veryNarrow = 36;

export function startLine(view: View, glyph: string, glyphStyle?: Style): Line {
  const line = startTime(view);
  if (view.session === undefined) line.gap(view.sessionCells);
  else {
    const before = line.left;
    line.add(view.session, sessionColor(view.styles, view.session), view.sessionCells);
    line.gap(view.sessionCells - (before - line.left));
  }
  return line.gap(1).sign(glyph, glyphStyle).gap(1);
}

/** The time alone; the rest of the start is the caller's. */
export function startTime({ styles, width, time }: View): Line {
  const line = new Line(width);
  if (width < veryNarrow) return line;
  if (width < narrow) return line.add(time.slice(0, 8), styles.dim).gap(1);
  return line.add(time, styles.dim).gap(2);
}

/** Cells before the text of a line, so that what belongs to it can stand below it. */
export function indentOf({ width, sessionCells }: View): number {
  if (width < veryNarrow) return 2;
  return (width < narrow ? 9 : 14) + sessionCells + 3;
}

/** Shows where an error happened as compilers do: the place, the source lines around it, the stack of own code. */
import { cellsOf, withoutStart } from "./display-width.ts";
import { ownFrames, placeOf, shortPlace, textLines, type ErrorText } from "./error-frame.ts";
import { field, listField, numberField, textField, textsField } from "./foreign.ts";
import type { View } from "./line-start.ts";
import { Line } from "./line.ts";
import { linesOf, plainText } from "./plain-text.ts";
import type { Style, Styles } from "./styles.ts";

const mostFrameLines = 12;
const mostStackLines = 6;
const mostStackLinesVerbose = 50;

/** @param body of the record, which may have a place and source lines. */
export function whereLines(
  view: View,
  body: unknown,
  { message, stack }: ErrorText,
  indent: number,
): string[] {
  const { styles, width, cwd, verbosity, expand } = view;
  const place = placeText(body, cwd) ?? placeOf(stack, cwd);
  const frames = ownFrames(stack, cwd);
  const isLong = expand || verbosity === "verbose";
  // The first one is the place.
  const shown =
    frames.length < 2 && !isLong ? [] : frames.slice(0, isLong ? mostStackLinesVerbose : mostStackLines);
  const source = aroundMark(sourceLines(body), width - indent);
  // Without source lines between them, the stack begins with the same place.
  const isPlaceNews =
    place !== undefined && !saysPlace(message, place) && (source.length > 0 || shown.length === 0);
  const hint = textField(body, "hint");
  const line = (text: string, style: Style): string =>
    new Line(width).gap(indent).add(text, style).toString();
  return [
    ...(isPlaceNews ? [line(place, styles.cyan)] : []),
    ...source.map((text) => line(text, sourceStyle(text, styles))),
    ...shown.map((text) => line(text, styles.dim)),
    ...listField(body, "related").flatMap((related) => relatedLines(view, related, indent)),
    ...(hint === undefined ? [] : textLines(view, hint, indent, styles.yellow)),
  ];
}

/** `caused by TypeError: …` with its place. */
function relatedLines(view: View, related: unknown, indent: number): string[] {
  const { styles, width, cwd } = view;
  const how = textField(related, "relation") === "cause" ? "caused by" : "one of them:";
  const message = withName(related, textField(related, "message") ?? "");
  const place = placeOf(textField(related, "stack"), cwd);
  return [
    ...textLines(view, `${how} ${message}`, indent, styles.red),
    ...(place === undefined
      ? []
      : [
          new Line(width)
            .gap(indent + 2)
            .add(place, styles.cyan)
            .toString(),
        ]),
  ];
}

/** `TypeError: …`; a plain error's name says nothing. */
export function withName(body: unknown, message: string): string {
  const name = textField(body, "name");
  return name === undefined || name === "Error" || name === "" || message.startsWith(name)
    ? message
    : `${name}: ${message}`;
}

function placeText(body: unknown, cwd: string | undefined): string | undefined {
  const location = field(body, "location") ?? body;
  const file = textField(location, "file");
  if (file === undefined) return undefined;
  const numbers = [numberField(location, "line"), numberField(location, "column")];
  return [shortPlace(file, cwd), ...numbers.filter((number) => number !== undefined)].join(":");
}

/** The lines of source around the error, as text or as a list of lines. */
function sourceLines(body: unknown): string[] {
  const frame = textField(body, "frame");
  const lines = frame === undefined ? textsField(body, "frame") : linesOf(frame, mostFrameLines);
  return lines.slice(0, mostFrameLines).map((line) => line.trimEnd());
}

const mark = /^([\s\d>]*[|│])\s*(\^+)$/;

/** The mark below what it points to on the screen; of lines longer than the screen, the part that the mark is in. */
function aroundMark(given: readonly string[], cells: number): readonly string[] {
  const at = given.findIndex((line) => mark.test(line));
  const [, bar, carets] = mark.exec(given[at] ?? "") ?? [];
  if (bar === undefined || carets === undefined) return given;
  const lines = given.map(plainText);
  const marked = `${bar.padEnd(markedCell(given, at))}${carets}`;
  lines[at] = marked;
  const gutter = bar.length + 1;
  const room = cells - gutter;
  if (marked.length <= cells || room < 8) return lines;
  const left = Math.max(0, marked.length - gutter - Math.floor(room / 2));
  return lines.map((line, index) => {
    const code = withoutStart(line.slice(gutter), left + 1);
    const sign = index === at ? " " : line.length > gutter ? "…" : "";
    return `${line.slice(0, gutter)}${sign}${code}`.trimEnd();
  });
}

/** Columns count UTF-16 units, and what is before the mark may take more cells: a tab, a Chinese character. */
function markedCell(lines: readonly string[], at: number): number {
  const column = lines[at]?.indexOf("^") ?? 0;
  const before = lines[at - 1]?.slice(0, column) ?? "";
  return cellsOf(plainText(before)) + column - before.length;
}

/** The line of the error and the mark below it stand out from those around. */
function sourceStyle(line: string, styles: Styles): Style {
  if (/^\s*>/.test(line)) return styles.bold;
  return /^[\s|│]*\^+$/.test(line) ? styles.red : styles.dim;
}

/** A compiler's message has its own file:line:column, whose column may count from 0. */
function saysPlace(message: string, place: string): boolean {
  return message.includes(place.replace(/:\d+$/, ":"));
}

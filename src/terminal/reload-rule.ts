/** Shows a reload: a rule when the next generation serves, and a red one with the error when it does not. */
import { durationText } from "./durations.ts";
import { errorDetails, headline, placeOf, shortPlace, textLines, type ErrorText } from "./error-frame.ts";
import { field, numberField, textField, textsField, type Foreign } from "./foreign.ts";
import type { View } from "./line-start.ts";
import { Line } from "./line.ts";
import { linesOf } from "./plain-text.ts";
import { rule } from "./rule.ts";
import type { Style, Styles } from "./styles.ts";

const indent = 3;
const mostFrameLines = 12;

export function reloadStarted(view: View, record: Foreign): string[] {
  const files = filesText(textsField(record, "files"));
  const text = files === "" ? "starting" : `reloading: ${files}`;
  return [new Line(view.width).add(view.time, view.styles.dim).gap(2).add(text, view.styles.dim).toString()];
}

export function reloadServing(view: View, record: Foreign): string[] {
  const { styles, width } = view;
  const durationMs = numberField(record, "duration_ms");
  return [
    rule(styles, width, [
      { text: title(record, "serving"), style: (text) => styles.bold(styles.green(text)) },
      { text: filesText(textsField(record, "files")) },
      { text: durationMs === undefined ? "" : durationText(durationMs) },
    ]),
  ];
}

export function reloadFailed(view: View, record: Foreign): string[] {
  const { styles, width, cwd } = view;
  const body = field(record, "body");
  const error: ErrorText = {
    message: withoutFolder(textField(body, "message") ?? "It failed without a message.", cwd),
    stack: textField(body, "stack"),
  };
  const place = placeText(body, cwd) ?? placeOf(error.stack, cwd);
  return [
    rule(
      styles,
      width,
      [
        { text: `${title(record, "start")} failed`, style: (text) => styles.bold(styles.red(text)) },
        { text: filesText(textsField(record, "files")) },
      ],
      styles.red,
    ),
    ...textLines(view, headline(error), indent, styles.red),
    ...errorDetails(view, error, indent, 0),
    ...(place === undefined || saysPlace(error.message, place)
      ? []
      : [new Line(width).gap(indent).add(place, styles.cyan).toString()]),
    ...frameLines(body).map((line) =>
      new Line(width).gap(indent).add(line, frameStyle(line, styles)).toString(),
    ),
    ...(view.expand || view.verbosity === "verbose"
      ? errorDetails(view, { message: "", stack: error.stack }, indent, 10)
      : []),
    ...textLines(view, whatGoesOn(body), indent, styles.yellow),
  ];
}

function title(record: Foreign, ofFirst: string): string {
  const generation = numberField(record, "generation") ?? 0;
  return generation <= 1 ? ofFirst : `reload ${generation}`;
}

function filesText(files: readonly string[]): string {
  const [first] = files;
  if (first === undefined) return "";
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}

function whatGoesOn(body: unknown): string {
  const serving = numberField(body, "servingGeneration");
  return serving === undefined
    ? "nothing serves yet; save to retry"
    : `generation ${serving} goes on serving; save again to retry`;
}

function placeText(body: unknown, cwd: string | undefined): string | undefined {
  const location = field(body, "location") ?? body;
  const file = textField(location, "file");
  if (file === undefined) return undefined;
  const numbers = [numberField(location, "line"), numberField(location, "column")];
  return [shortPlace(file, cwd), ...numbers.filter((number) => number !== undefined)].join(":");
}

/** The lines of source around the error, as text or as a list of lines. */
function frameLines(body: unknown): string[] {
  const frame = textField(body, "frame");
  const lines = frame === undefined ? textsField(body, "frame") : linesOf(frame, mostFrameLines);
  return lines.slice(0, mostFrameLines).map((line) => line.trimEnd());
}

/** The line of the error and the mark below it stand out from those around. */
function frameStyle(line: string, styles: Styles): Style {
  if (/^\s*>/.test(line)) return styles.bold;
  return /^[\s|│]*\^+$/.test(line) ? styles.red : styles.dim;
}

/** A compiler's message has its own file:line:column, whose column may count from 0. */
function saysPlace(message: string, place: string): boolean {
  return message.includes(place.replace(/:\d+$/, ":"));
}

function withoutFolder(message: string, cwd: string | undefined): string {
  return cwd === undefined || cwd === "" || cwd === "/" ? message : message.replaceAll(`${cwd}/`, "");
}

/** Shows a reload: a rule when the next generation serves, and a red one with the error when it does not. */
import { durationText } from "./durations.ts";
import { errorDetails, headline, textLines, type ErrorText } from "./error-frame.ts";
import { whereLines, withName } from "./error-place.ts";
import { field, numberField, textField, textsField, type Foreign } from "./foreign.ts";
import type { View } from "./line-start.ts";
import { Line } from "./line.ts";
import { rule } from "./rule.ts";

const indent = 3;

export function reloadStarted(view: View, record: Foreign): string[] {
  const why = whyText(record);
  const text = why === "" ? "starting" : `reloading: ${why}`;
  return [new Line(view.width).add(view.time, view.styles.dim).gap(2).add(text, view.styles.dim).toString()];
}

export function reloadServing(view: View, record: Foreign): string[] {
  const { styles, width } = view;
  const durationMs = numberField(record, "duration_ms");
  return [
    rule(styles, width, [
      { text: title(record, "serving"), style: (text) => styles.bold(styles.green(text)) },
      { text: whyText(record) },
      { text: durationMs === undefined ? "" : durationText(durationMs) },
    ]),
  ];
}

export function reloadFailed(view: View, record: Foreign): string[] {
  const { styles, width, cwd } = view;
  const body = field(record, "body");
  const error: ErrorText = {
    message: withName(body, withoutFolder(textField(body, "message") ?? "It failed without a message.", cwd)),
    stack: textField(body, "stack"),
  };
  return [
    rule(
      styles,
      width,
      [
        { text: `${title(record, "start")} failed`, style: (text) => styles.bold(styles.red(text)) },
        { text: whyText(record) },
      ],
      styles.red,
    ),
    ...textLines(view, headline(error), indent, styles.red),
    ...errorDetails(view, error, indent, 0),
    ...whereLines(view, body, error, indent),
    ...textLines(view, whatGoesOn(body), indent, styles.yellow),
  ];
}

function title(record: Foreign, ofFirst: string): string {
  const generation = numberField(record, "generation") ?? 0;
  return generation <= 1 ? ofFirst : `reload ${generation}`;
}

function whyText(record: Foreign): string {
  const files = textsField(record, "files");
  if (files.length > 0) return filesText(files);
  const trigger = textField(record, "trigger");
  if (trigger === "crash") return "after a crash";
  return trigger === "request" ? "asked for" : "";
}

function filesText(files: readonly string[]): string {
  const [first = ""] = files;
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}

function whatGoesOn(body: unknown): string {
  const serving = numberField(body, "servingGeneration");
  return serving === undefined
    ? "nothing serves yet; save to retry"
    : `generation ${serving} goes on serving; save again to retry`;
}

function withoutFolder(message: string, cwd: string | undefined): string {
  return cwd === undefined || cwd === "" || cwd === "/" ? message : message.replaceAll(`${cwd}/`, "");
}

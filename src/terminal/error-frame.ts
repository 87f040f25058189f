/** Shows an error below its line: the rest of its message, and where in the server's own code it happened. */
import { wrap } from "./display-width.ts";
import { Line } from "./line.ts";
import { indentOf, startLine, type View } from "./line-start.ts";
import { linesOf } from "./plain-text.ts";
import type { Style } from "./styles.ts";

const mostMessageLines = 12;
const mostStackLines = 200;
/** Far longer than a path may be. */
const longestFrame = 2000;

export type ErrorText = { readonly message: string; readonly stack?: string | undefined };

/** The message's first line, for the line of the error itself. */
export function headline({ message }: ErrorText): string {
  return linesOf(message.trimStart(), 1)[0] ?? "";
}

/** `✗ error  message` and what belongs to it below. */
export function errorLines(view: View, error: ErrorText, frames: number): string[] {
  const { styles, width } = view;
  const line = startLine(view, "✗", styles.red).add("error", styles.red).gap(2);
  const at = width - line.left;
  const [first = "", ...rest] = wrap(headline(error), line.left, mostMessageLines);
  return [
    line.add(first, styles.red).toString(),
    ...rest.map((part) => new Line(width).gap(at).add(part, styles.red).toString()),
    ...errorDetails(view, error, indentOf(view), frames),
  ];
}

/** What follows the headline: more of the message, then at most `frames` lines of the stack. */
export function errorDetails(view: View, error: ErrorText, indent: number, frames: number): string[] {
  const rest = linesOf(error.message.trimStart(), mostMessageLines).slice(1);
  return [
    ...rest.flatMap((line) => textLines(view, line, indent, view.styles.red)),
    ...ownFrames(error.stack, view.cwd)
      .slice(0, view.expand ? mostStackLines : frames)
      .map((frame) => new Line(view.width).gap(indent).add(frame, view.styles.dim).toString()),
  ];
}

/** A text wrapped between words below a line. */
export function textLines(view: View, text: string, indent: number, style?: Style, limit = 8): string[] {
  return wrap(text, view.width - indent, limit).map((part) =>
    new Line(view.width).gap(indent).add(part, style).toString(),
  );
}

/** `at handler (src/server.ts:12:3)`: the stack without Node and without dependencies, paths as in the project. */
export function ownFrames(stack: string | undefined, cwd: string | undefined): string[] {
  if (stack === undefined) return [];
  return linesOf(stack, mostStackLines)
    .map((line) => line.slice(0, longestFrame).trim())
    .filter((line) => line.startsWith("at ") && !isForeign(line))
    .map((line) => shortPlace(line, cwd));
}

/** `src/server.ts:12:3` of the first own frame. */
export function placeOf(stack: string | undefined, cwd: string | undefined): string | undefined {
  const frame = ownFrames(stack, cwd)[0];
  if (frame === undefined) return undefined;
  const open = frame.lastIndexOf("(");
  return open === -1 ? frame.slice("at ".length) : frame.slice(open + 1).replace(/\)$/, "");
}

/** Takes off what a person does not need: `file://`, the project's folder, the query that a loader added. */
export function shortPlace(text: string, cwd: string | undefined): string {
  const path = text.replace("file://", "").replace(/\?[^:)]*(?=:\d)/, "");
  // In the root folder a path without its slash would be another one.
  return cwd === undefined || cwd === "" || cwd === "/"
    ? path
    : path.replace(`${cwd.replace(/\/$/, "")}/`, "");
}

/** A frame of a stack, `at …`, in a dependency or in Node itself. */
export function isForeign(frame: string): boolean {
  return (
    frame.includes("/node_modules/") ||
    frame.includes("\\node_modules\\") ||
    frame.includes("(node:") ||
    frame.startsWith("at node:") ||
    frame.includes("at async node:") ||
    frame.includes("<anonymous>)")
  );
}

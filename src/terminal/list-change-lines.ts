/** Shows what a save added to, changed in and removed from what the server offers, and what is wrong with it. */
import { field, textsField, type Foreign } from "./foreign.ts";
import { wrap } from "./display-width.ts";
import { textLines } from "./error-frame.ts";
import { indentOf, startLine, type View } from "./line-start.ts";
import type { Style } from "./styles.ts";

const mostChanges = 20;
const mostLinesOfOne = 6;

/** A line for each: `✗ tools/list fails: …`, `▲ tool add is added twice`, `+ tool add`, `~ tool whoami (description)`, `− tool old`. */
export function listChangeLines(view: View, record: Foreign): string[] {
  const { green, yellow, red, dim } = view.styles;
  const body = field(record, "body");
  const changes = field(body, "changes");
  const line = (sign: string, style: Style) => (text: string) =>
    startLine(view, sign, style).add(text, style).toString();
  const lines = [
    ...textsField(changes, "added").map(line("+", green)),
    ...textsField(changes, "changed").map(line("~", yellow)),
    ...textsField(changes, "removed").map(line("−", red)),
  ];
  const more = lines.length - mostChanges;
  return [
    ...textsField(body, "failures").flatMap((text) => messageLines(view, "✗", red, text)),
    ...lines.slice(0, mostChanges),
    ...(more > 0 ? [line("•", dim)(`and ${more} more`)] : []),
    ...textsField(body, "warnings").flatMap((text) => messageLines(view, "▲", yellow, text)),
  ];
}

function messageLines(view: View, sign: string, style: Style, text: string): string[] {
  const start = startLine(view, sign, style);
  const [first = "", ...rest] = wrap(text, start.left, mostLinesOfOne);
  return [
    start.add(first, style).toString(),
    ...rest.flatMap((part) => textLines(view, part, indentOf(view), style)),
  ];
}

/** Shows what a save added to, changed in and removed from what the server offers. */
import { field, textsField, type Foreign } from "./foreign.ts";
import { startLine, type View } from "./line-start.ts";
import type { Style } from "./styles.ts";

const mostChanges = 20;

/** A line for each: `+ tool add`, `~ tool whoami (description)`, `− tool old`. */
export function listChangeLines(view: View, record: Foreign): string[] {
  const { green, yellow, red, dim } = view.styles;
  const changes = field(record, "body", "changes");
  const line = (sign: string, style: Style) => (text: string) =>
    startLine(view, sign, style).add(text, style).toString();
  const lines = [
    ...textsField(changes, "added").map(line("+", green)),
    ...textsField(changes, "changed").map(line("~", yellow)),
    ...textsField(changes, "removed").map(line("−", red)),
  ];
  const more = lines.length - mostChanges;
  return more > 0 ? [...lines.slice(0, mostChanges), line("•", dim)(`and ${more} more`)] : lines;
}

/** Shows what a save did to the types: what it broke, what it mended, what is left. */
import { counted } from "./durations.ts";
import { wrap } from "./display-width.ts";
import { field, listField, numberField, textField, type Foreign } from "./foreign.ts";
import { Line } from "./line.ts";
import { startLine, type View } from "./line-start.ts";

const mostErrors = 10;
const mostLines = 6;

export function typeLines(view: View, record: Foreign): string[] {
  const body = field(record, "body");
  const broken = listField(body, "broken");
  const mended = listField(body, "mended").length;
  const left = numberField(body, "left") ?? 0;
  const lines = broken.slice(0, mostErrors).flatMap((error) => errorLines(view, error));
  if (broken.length > mostErrors) lines.push(note(view, `and ${broken.length - mostErrors} more`));
  if (left === 0) {
    const { green } = view.styles;
    const what = mended === 0 ? "no errors" : "all mended";
    lines.push(startLine(view, "✓", green).add("types", green).gap(2).add(what, green).toString());
  } else if (mended > 0) lines.push(note(view, `${counted(mended, "error")} mended, ${left} left`));
  return lines;
}

function errorLines(view: View, error: unknown): string[] {
  const { styles, width } = view;
  const line = startLine(view, "✗", styles.red).add("types", styles.red).gap(2);
  const at = width - line.left;
  const place = textField(error, "place");
  const text = `${textField(error, "message") ?? ""} (${textField(error, "code") ?? ""})`;
  const below = (part: string): string => new Line(width).gap(at).add(part).toString();
  const parts = wrap(text, width - at, mostLines);
  if (place === undefined) return [line.add(parts[0] ?? "").toString(), ...parts.slice(1).map(below)];
  return [line.add(place, styles.cyan).toString(), ...parts.map(below)];
}

function note(view: View, text: string): string {
  return startLine(view, "•", view.styles.dim).add(`types  ${text}`, view.styles.dim).toString();
}

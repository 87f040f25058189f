/** A rule across the screen, with a title in it. */
import { Line } from "./line.ts";
import type { Style, Styles } from "./styles.ts";

export type RulePart = { readonly text: string; readonly style?: Style };

/** `── reload 2 · src/server.ts · 84 ms ─────` */
export function rule(
  styles: Styles,
  width: number,
  parts: readonly RulePart[],
  ruleStyle = styles.dim,
): string {
  const line = new Line(width).add("──", ruleStyle).gap(1);
  const shown = parts.filter(({ text }) => text !== "");
  for (const [index, { text, style }] of shown.entries()) {
    if (index === 0) line.add(text, style);
    else line.also(text, style, styles.dim);
  }
  if (line.left > 1) line.gap(1).add("─".repeat(line.left), ruleStyle);
  return line.toString();
}

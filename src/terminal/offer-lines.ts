/** What a server offers, as a list for a person. */
import { cellsOf, fit, wrap } from "./display-width.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type OfferSection = {
  readonly title: string;
  readonly rows: readonly { readonly what: string; readonly about: string }[];
  /** Why it cannot be said what there is. */
  readonly failure?: string | undefined;
};

const widestColumn = 44;
const continued = "      ";
const mostLinesOfOne = 6;

/** Empty sections are left out. */
export function offerLines(
  heading: string,
  sections: readonly OfferSection[],
  styles: Styles,
  width: number,
): string[] {
  const filled = sections.filter(({ rows, failure }) => rows.length > 0 || failure !== undefined);
  const lines = [styles.bold(plainText(heading))];
  if (filled.length === 0) lines.push(styles.dim("  offers nothing"));
  for (const { title, rows, failure } of filled) {
    const widths = rows.map(({ what }) => cellsOf(plainText(what)));
    const column = Math.max(0, ...widths.filter((cells) => cells <= widestColumn));
    lines.push("", styles.dim(title));
    if (failure !== undefined) {
      const parts = wrap(plainText(failure), width - continued.length, mostLinesOfOne);
      lines.push(...parts.map((part, index) => styles.red(`  ${index === 0 ? "✗" : " "} ${part}`)));
    }
    for (const { what, about } of rows) {
      const [first = "", ...more] = wrap(plainText(what), width - continued.length, mostLinesOfOne);
      const isWide = more.length > 0 || cellsOf(first) > column;
      const room = width - (isWide ? continued.length : column + 4);
      const description = about === "" ? "" : styles.dim(fit(plainText(about), room));
      const gap = " ".repeat(Math.max(0, column - cellsOf(first) + 2));
      lines.push(
        `  ${styles.cyan(first)}${isWide || about === "" ? "" : `${gap}${description}`}`,
        ...more.map((line) => `${continued}${styles.cyan(line)}`),
        ...(isWide && about !== "" ? [`${continued}${description}`] : []),
      );
    }
  }
  return lines;
}

/** What a server offers, as a list for a person. */
import { cellsOf, fit } from "./display-width.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type OfferSection = {
  readonly title: string;
  readonly rows: readonly { readonly what: string; readonly about: string }[];
};

const widestColumn = 44;

/** Empty sections are left out. */
export function offerLines(
  heading: string,
  sections: readonly OfferSection[],
  styles: Styles,
  width: number,
): string[] {
  const filled = sections.filter(({ rows }) => rows.length > 0);
  const lines = [styles.bold(plainText(heading))];
  if (filled.length === 0) lines.push(styles.dim("  offers nothing"));
  for (const { title, rows } of filled) {
    const widths = rows.map(({ what }) => cellsOf(plainText(what)));
    const column = Math.max(0, ...widths.filter((cells) => cells <= widestColumn));
    lines.push("", styles.dim(title));
    for (const { what, about } of rows) {
      const shown = fit(plainText(what), width - 2);
      const isWide = cellsOf(shown) > column;
      const room = width - 4 - (isWide ? 2 : column);
      const description = styles.dim(fit(plainText(about), room));
      if (about === "") lines.push(`  ${styles.cyan(shown)}`);
      else if (isWide) lines.push(`  ${styles.cyan(shown)}`, `      ${description}`);
      else lines.push(`  ${styles.cyan(shown)}${" ".repeat(column - cellsOf(shown) + 2)}${description}`);
    }
  }
  return lines;
}

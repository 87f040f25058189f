/** What is wrong with a server, one line each, and how much of it there is. */
import { wrap } from "./display-width.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type FindingsView = {
  /** Of the entry. */
  readonly name: string;
  readonly findings: readonly {
    readonly severity: "error" | "warning";
    readonly where: string;
    readonly message: string;
    readonly place?: string;
  }[];
  readonly notes: readonly string[];
};

const mostLinesOfOne = 6;

export function findingLines(
  { name, findings, notes }: FindingsView,
  styles: Styles,
  width: number,
): string[] {
  const lines: string[] = [];
  for (const { severity, where, message, place } of findings) {
    const mark = severity === "error" ? styles.red("✗") : styles.yellow("!");
    const text = plainText(`${where}: ${place === undefined ? "" : `${place} `}${message}`);
    wrap(text, Math.max(20, width - 2), mostLinesOfOne).forEach((part, index) =>
      lines.push(index === 0 ? `${mark} ${part}` : `  ${part}`),
    );
  }
  for (const note of notes) lines.push(styles.dim(`– ${note}`));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const counts = [count(errors, "error"), count(warnings, "warning")]
    .filter((text) => text !== "")
    .join(", ");
  if (counts === "") return [...lines, `${styles.green("✔")} ${name}: nothing wrong`];
  return [...lines, "", `${name}: ${counts}`];
}

function count(number: number, what: string): string {
  return number === 0 ? "" : `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** What `mcp add` shows: the files, what was registered where, and what to type next. */
import { plainText } from "./plain-text.ts";
import { stylesFor } from "./styles.ts";

type Stream = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };

export type ShownAddition = {
  /** "tool forecast". */
  readonly what: string;
  readonly created: readonly string[];
  readonly edited: string;
  /** What was inserted there. */
  readonly lines: readonly string[];
  /** What the new file has not, and why. */
  readonly lacks: string | undefined;
  /** Commands to type next, with what each does; undefined: nothing was written. */
  readonly next: readonly (readonly [command: string, meaning: string])[] | undefined;
};

/** A longer command does not push aside what is said of the others. */
const widestColumn = 50;

export function showAddition(
  stream: Stream,
  { what, created, edited, lines, lacks, next }: ShownAddition,
): void {
  const styles = stylesFor(stream);
  const print = (line: string): boolean => stream.write(`${line}\n`);
  const heading = plainText(what);
  print(
    next === undefined
      ? `  ${styles.bold(heading)} ${styles.dim("(nothing is written)")}`
      : `  ${styles.green("✔")} ${styles.bold(heading)}`,
  );
  print("");
  for (const path of created) print(`    ${styles.green("new")}     ${path}`);
  print(`    ${styles.yellow("edited")}  ${edited}`);
  for (const line of lines) print(`              ${styles.green(`+ ${line}`)}`);
  if (lacks !== undefined) print(`\n  ${styles.yellow("warning")} ${plainText(lacks)}`);
  if (next === undefined) return;
  const width = Math.max(0, ...next.map(([{ length }]) => length).filter((length) => length <= widestColumn));
  print("\n  Next:\n");
  for (const [command, meaning] of next) {
    print(
      `    ${styles.cyan(command)}${" ".repeat(Math.max(0, width - command.length) + 3)}${styles.dim(meaning)}`,
    );
  }
}

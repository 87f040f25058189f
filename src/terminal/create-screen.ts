/** What create shows: the list of templates, the plan as a tree, and at the end what to type next. */
import { wrap } from "./display-width.ts";
import { stylesFor, type Styles } from "./styles.ts";

type Stream = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

export function showTemplates(
  stream: Stream,
  templates: readonly { readonly name: string; readonly summary: string }[],
): void {
  const { bold } = stylesFor(stream);
  for (const { name, summary } of templates) stream.write(`${bold(name.padEnd(10))}${summary}\n`);
}

export type ShownFile = { readonly path: string; readonly action: "write" | "overwrite" | "merge" | "keep" };

/** A tree of the files, folders first, for --dry-run. */
export function showPlan(
  stream: Stream,
  target: string,
  files: readonly ShownFile[],
  steps: readonly string[],
): void {
  const styles = stylesFor(stream);
  const count = `${files.length} files, nothing is written`;
  stream.write(`${styles.bold(target)}  ${styles.dim(count)}\n`);
  for (const line of treeLines(treeOf(files), "", styles)) stream.write(`${line}\n`);
  for (const step of steps) stream.write(`${styles.dim("then")} ${step}\n`);
}

/** A folder's entries by name: a file, or a folder again. */
type Tree = Map<string, ShownFile | Tree>;

function treeOf(files: readonly ShownFile[]): Tree {
  const root: Tree = new Map();
  for (const file of files) {
    const parts = file.path.split("/");
    const name = parts.pop() ?? "";
    let folder = root;
    for (const part of parts) {
      const known = folder.get(part);
      const next: Tree = known instanceof Map ? known : new Map<string, ShownFile | Tree>();
      folder.set(part, next);
      folder = next;
    }
    folder.set(name, file);
  }
  return root;
}

function treeLines(tree: Tree, before: string, styles: Styles): string[] {
  const rank = ([name, entry]: [string, ShownFile | Tree]): string =>
    `${entry instanceof Map ? 0 : 1}${name}`;
  const entries = [...tree].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return entries.flatMap(([name, entry], index) => {
    const last = index === entries.length - 1;
    const branch = styles.dim(`${before}${last ? "└─" : "├─"} `);
    if (!(entry instanceof Map)) return [`${branch}${name}${note(entry, styles)}`];
    const inner = treeLines(entry, `${before}${last ? "   " : "│  "}`, styles);
    return [`${branch}${styles.blue(`${name}/`)}`, ...inner];
  });
}

function note({ action }: ShownFile, styles: Styles): string {
  if (action === "overwrite") return styles.yellow("  written over");
  if (action === "merge") return styles.yellow("  added to");
  return action === "keep" ? styles.dim("  yours is kept") : "";
}

const noteIndent = 2;
const mostNoteLines = 4;

export type Farewell = {
  readonly elapsed: string;
  /** Commands to type next, with what each does. */
  readonly next: readonly (readonly [command: string, meaning: string])[];
  readonly notes: readonly string[];
  /** The command that does the same again, and why it is shown. */
  readonly again: { readonly lead: string; readonly command: string } | undefined;
};

export function showFarewell(stream: Stream, { elapsed, next, notes, again }: Farewell): void {
  const styles = stylesFor(stream);
  const width = Math.max(...next.map(([command]) => command.length));
  stream.write(`\n  ${styles.bold("Done")} in ${elapsed}. Next:\n\n`);
  for (const [command, meaning] of next) {
    const gap = meaning === "" ? "" : " ".repeat(width - command.length + 3);
    stream.write(`    ${styles.cyan(command)}${gap}${styles.dim(meaning)}\n`);
  }
  stream.write("\n");
  const cells = (stream.columns ?? Infinity) - noteIndent;
  for (const line of notes.flatMap((note) => wrap(note, cells, mostNoteLines)))
    stream.write(`${" ".repeat(noteIndent)}${styles.dim(line)}\n`);
  if (again === undefined) return;
  stream.write(
    `${notes.length > 0 ? "\n" : ""}  ${styles.dim(again.lead)}\n    ${styles.cyan(again.command)}\n`,
  );
}

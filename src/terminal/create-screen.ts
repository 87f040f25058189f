/** What create shows: the list of templates, the plan as a tree, and at the end what to type next. */
import { stylesFor, type Styles } from "./styles.ts";

type Stream = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };

export function showTemplates(
  stream: Stream,
  templates: readonly { readonly name: string; readonly summary: string }[],
): void {
  const { bold } = stylesFor(stream);
  for (const { name, summary } of templates) stream.write(`${bold(name.padEnd(10))}${summary}\n`);
}

export type ShownFile = { readonly path: string; readonly action: "write" | "overwrite" | "keep" };

/** A tree of the files, each folder once, for --dry-run. */
export function showPlan(
  stream: Stream,
  target: string,
  files: readonly ShownFile[],
  steps: readonly string[],
): void {
  const styles = stylesFor(stream);
  stream.write(`${styles.bold(target)} ${styles.dim("(nothing is written)")}\n`);
  let open: readonly string[] = [];
  for (const file of filesFirst(files)) {
    const folders = file.path.split("/").slice(0, -1);
    folders.forEach((folder, depth) => {
      const known = open.slice(0, depth + 1).join("/") === folders.slice(0, depth + 1).join("/");
      if (!known) stream.write(`${indent(depth)}${styles.dim(`${folder}/`)}\n`);
    });
    open = folders;
    stream.write(`${indent(folders.length)}${file.path.split("/").at(-1) ?? ""}${note(file, styles)}\n`);
  }
  for (const step of steps) stream.write(`${styles.dim("then")} ${step}\n`);
}

function indent(depth: number): string {
  return "  ".repeat(depth + 1);
}

function note({ action }: ShownFile, styles: Styles): string {
  if (action === "overwrite") return styles.yellow("  written over");
  return action === "keep" ? styles.dim("  yours is kept") : "";
}

/** As a folder view has it: what lies in a folder, then its folders. */
function filesFirst(files: readonly ShownFile[]): readonly ShownFile[] {
  const key = ({ path }: ShownFile): string =>
    path
      .split("/")
      .map((part, index, parts) => (index === parts.length - 1 ? `0${part}` : `1${part}`))
      .join("/");
  return files.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

export type Farewell = {
  readonly elapsed: string;
  /** Commands to type next, with what each does. */
  readonly next: readonly (readonly [command: string, meaning: string])[];
  readonly notes: readonly string[];
};

export function showFarewell(stream: Stream, { elapsed, next, notes }: Farewell): void {
  const styles = stylesFor(stream);
  const width = Math.max(...next.map(([command]) => command.length));
  stream.write(`\n  ${styles.bold("Done")} in ${elapsed}. Next:\n\n`);
  for (const [command, meaning] of next) {
    const gap = meaning === "" ? "" : " ".repeat(width - command.length + 3);
    stream.write(`    ${styles.cyan(command)}${gap}${styles.dim(meaning)}\n`);
  }
  stream.write("\n");
  for (const line of notes) stream.write(`  ${styles.dim(line)}\n`);
}

/** Looks at the place where a project shall go: is there something, and what would be in the way. Writes nothing. */
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { CliError } from "../cli-error.ts";
import { elsewhere, errorCode, explainFileError } from "./file-errors.ts";

export type Target =
  { readonly kind: "new"; readonly path: string } | { readonly kind: "existing"; readonly path: string };

/** What to do with each planned path in the target; `foreign` is what the plan does not know. */
export type Fit = {
  readonly write: readonly string[];
  readonly overwrite: readonly string[];
  /** What is there stays in it, and what is missing is added. */
  readonly merge: readonly string[];
  readonly keep: readonly string[];
  readonly foreign: readonly string[];
};

/** Entries that say nothing against a new project. */
const harmless =
  /^(?:\.git|\.gitattributes|\.hg|\.svn|\.idea|\.vscode|\.zed|\.fleet|\.DS_Store|Thumbs\.db|\.editorconfig|LICEN[CS]E.*|README\.md|CHANGELOG\.md)$/i;
/** Folders of tools, where a person's own files are in nobody's way. */
const ofTools = /^\.(?:github|vscode|cursor)$/;
/** Planned files that a person's own version wins over. */
const kept = /^(?:README\.md|LICEN[CS]E.*)$/i;
/** Planned files that hold what only the person has: secrets, and the other servers of a client. */
const merged = /^(?:\.env|(?:\.vscode\/|\.cursor\/|\.)mcp\.json)$/;

/** @throws CliError where a file stands in place of the folder, or above it. */
export async function findTarget(path: string): Promise<Target> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { kind: "existing", path: await realpath(path) };
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw explainFileError(error, path, elsewhere);
    if ((await lstat(path).catch(() => undefined)) === undefined) return { kind: "new", path };
    throw new CliError(`${path} is a link that leads nowhere`, {
      hint: "choose another name for the project",
    });
  }
  throw new CliError(`${path} is a file, not a directory`, { hint: "choose another name for the project" });
}

/** @throws CliError where a planned path leads through a link, or a file and a folder have the same name. */
export async function fitInto(target: Target, planned: readonly string[]): Promise<Fit> {
  if (target.kind === "new") return { write: planned, overwrite: [], merge: [], keep: [], foreign: [] };
  const present = await Promise.all(
    planned.map(async (path) => ((await isThere(target.path, path)) ? path : undefined)),
  );
  const there = present.filter((path) => path !== undefined);
  const tops = new Set(planned.map((path) => path.split("/")[0]));
  const entries = await readdir(target.path);
  const beside = await Promise.all(
    entries
      .filter((entry) => tops.has(entry) && !planned.includes(entry) && !ofTools.test(entry))
      .map((folder) => filesIn(target.path, folder)),
  );
  return {
    write: planned.filter((path) => !there.includes(path)),
    overwrite: there.filter((path) => !kept.test(path) && !merged.test(path)),
    merge: there.filter((path) => merged.test(path)),
    keep: there.filter((path) => kept.test(path)),
    foreign: [
      ...entries.filter((entry) => !tops.has(entry) && !harmless.test(entry)),
      ...beside.flat().filter((path) => !planned.includes(path)),
    ],
  };
}

/** Paths of all files below a folder, as a plan has them. */
async function filesIn(root: string, folder: string): Promise<string[]> {
  const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

async function isThere(root: string, path: string): Promise<boolean> {
  const parts = path.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join("/");
    const found = await lstat(join(root, part)).catch(() => undefined);
    if (found === undefined) return false;
    const last = length === parts.length;
    // A link may lead out of the project, where nothing is ever written.
    if (found.isSymbolicLink()) throw inTheWay(`${part} is a link`, root);
    if (!last && !found.isDirectory()) throw inTheWay(`${part} is a file where a folder is needed`, root);
    if (last && found.isDirectory()) throw inTheWay(`${part} is a folder where a file is needed`, root);
  }
  return true;
}

function inTheWay(what: string, root: string): CliError {
  return new CliError(`${what} (in ${root})`, { hint: "move it away, or choose another directory" });
}

const mostNames = 8;

/** The first of many. */
export function someOf(names: readonly string[]): string {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `${names.slice(0, mostNames).join(", ")}${more}`;
}

/** Refuses, before it is known which files a project has, a target in which any would find some in the way. */
export async function refuseInUse(target: Target, force: boolean): Promise<void> {
  if (force || target.kind === "new") return;
  const entries = await readdir(target.path, { withFileTypes: true });
  const inTheWay = await Promise.all(
    entries.map(async (entry) => {
      if (harmless.test(entry.name) || ofTools.test(entry.name)) return false;
      return !entry.isDirectory() || (await holdsFile(join(target.path, entry.name)));
    }),
  );
  const names = entries.filter((_, index) => inTheWay[index]).map(({ name }) => name);
  if (names.length > 0) throw notEmpty(target, names, writeOver);
}

/** An empty folder is in nobody's way; one that cannot be read is. */
async function holdsFile(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return true;
  for (const entry of entries) {
    if (!entry.isDirectory() || (await holdsFile(join(folder, entry.name)))) return true;
  }
  return false;
}

const writeOver = "to write over the files that the project has too";

function notEmpty({ path }: Target, names: readonly string[], forced: string): CliError {
  return new CliError(`${path} is not empty: ${someOf(names)}`, {
    hint: `choose another directory, or --force ${forced}; nothing is removed`,
  });
}

/** Refuses a target with files in the way. `--force` allows what the plan also has, and leaves the rest alone. */
export function refuseConflicts(target: Target, fit: Fit, force: boolean): void {
  const names = [...fit.overwrite, ...fit.merge, ...fit.foreign];
  if (force || names.length === 0) return;
  throw notEmpty(target, names, fit.overwrite.length > 0 ? writeOver : "to create the project beside them");
}

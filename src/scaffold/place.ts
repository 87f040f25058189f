/** Writes the planned files: staged where no one looks, then moved into place; until it is kept, all of it can be undone. */
import { randomBytes } from "node:crypto";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { errorCode, explainFileError } from "./file-errors.ts";
import type { PlannedFile } from "./plan.ts";
import type { Target } from "./target.ts";

export type Placed = {
  /**
   * Takes back everything, including what was made in the project since, under the given top-level names.
   * @throws LeftBehind for what could not be taken back; all else was.
   */
  readonly undo: () => Promise<void>;
  /** The project stays: lets go of what was written over. */
  readonly keep: () => Promise<void>;
};

/** A plan was made for a file that is another one now: made anew, it may be carried out. */
export class SavedMeanwhile extends CliError {}

/** Something could not be taken back. */
export class LeftBehind extends CliError {}

type Undo = { readonly path: string; readonly run: () => Promise<unknown> };

const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
const secretMode = 0o600;
const asidePrefix = "replaced-";

/**
 * @param leftovers top-level names that later steps may create in the project; those that were not there before are undone too.
 * @throws CliError where the file system refuses, the signal's reason when aborted; nothing is left then.
 */
export async function place(
  target: Target,
  files: readonly PlannedFile[],
  leftovers: readonly string[],
  signal: AbortSignal,
): Promise<Placed> {
  const undos: Undo[] = [];
  const undo = (): Promise<void> => takeBack(undos.splice(0).reverse());
  try {
    if (target.kind === "new") {
      await placeFolder(target.path, files, undos, signal);
      return { undo, keep: () => Promise.resolve() };
    }
    return { undo, keep: await placeInto(target.path, files, leftovers, undos, signal) };
  } catch (error) {
    await undo();
    throw explainFileError(error, target.path);
  }
}

/** One that fails does not keep the others from being done. */
async function takeBack(undos: readonly Undo[]): Promise<void> {
  const left = new Map<string, unknown>();
  for (const { path, run } of undos) await run().catch((error: unknown) => left.set(path, error));
  const [first] = left;
  if (first === undefined) return;
  const [path, cause] = first;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new LeftBehind(`what was begun could not be taken back: ${reason}`, {
    hint: `look at ${left.size === 1 ? path : `${path} and ${left.size - 1} more`} and remove it by hand`,
    cause,
  });
}

/** A new folder appears whole, by one rename. */
async function placeFolder(
  path: string,
  files: readonly PlannedFile[],
  undos: Undo[],
  signal: AbortSignal,
): Promise<void> {
  const parent = dirname(path);
  await makeFolders(parent, undos);
  const staging = join(parent, `.${basename(path)}-${randomBytes(6).toString("hex")}`);
  undos.push({ path: staging, run: () => rm(staging, removal) });
  await writeAll(staging, files, signal);
  await rename(staging, path);
  undos.push({ path, run: () => rm(path, removal) });
}

/**
 * In a folder that exists, each file is moved in by itself. What it replaces is put aside, not copied: it comes back as it
 * was, even to a full disk.
 */
async function placeInto(
  path: string,
  files: readonly PlannedFile[],
  leftovers: readonly string[],
  undos: Undo[],
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  for (const name of leftovers) {
    const leftover = join(path, name);
    if (!(await exists(leftover))) undos.push({ path: leftover, run: () => rm(leftover, removal) });
  }
  const staging = join(path, `.create-fastmcp-${randomBytes(6).toString("hex")}`);
  undos.push({ path: staging, run: () => removeStaging(staging) });
  await writeAll(staging, files, signal);
  let replaced = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const to = join(path, file.path);
    await makeFolders(dirname(to), undos);
    const staged = join(staging, file.path);
    if (await exists(to)) {
      const aside = join(staging, `${asidePrefix}${(replaced += 1)}`);
      undos.push({ path: to, run: () => putBack(aside, to) });
      await putAside(to, aside);
      // Who may read a file stays as it was; what is secret is its owner's in any case.
      if (!file.secret) await chmod(staged, (await stat(aside)).mode);
      if (file.before !== undefined) {
        const now = await readFile(to, "utf8").catch(() => readFile(aside, "utf8"));
        // Somebody's editor, or another `mcp add`, may have been faster; what it wrote is not to be lost.
        if (now !== file.before) {
          throw new SavedMeanwhile(`${file.path} was saved meanwhile`, {
            hint: "run this again; nothing was written",
          });
        }
      }
    } else undos.push({ path: to, run: () => rm(to, removal) });

    await rename(staged, to);
  }
  if (replaced === 0) await rm(staging, removal);
  // The first commit comes before it is gone.
  else await writeFile(join(staging, ".gitignore"), "*\n");
  return () => rm(staging, removal);
}

/** As a second name of the same file, so that nobody meets a folder without it; some file systems have no second names. */
async function putAside(path: string, aside: string): Promise<void> {
  await link(path, aside).catch(() => rename(path, aside));
}

async function putBack(aside: string, path: string): Promise<void> {
  if (!(await exists(aside))) return;
  await rename(aside, path);
  // Between two names of one file, which it is before it is replaced, renaming does nothing (POSIX).
  await rm(aside, { force: true });
}

/** Not as long as something of the person's is in it. */
async function removeStaging(staging: string): Promise<void> {
  const entries = await readdir(staging).catch(() => []);
  const aside = entries.filter((name) => name.startsWith(asidePrefix));
  if (aside.length > 0) throw new Error(`${aside.length} of your files are still in ${staging}`);
  await rm(staging, removal);
}

async function writeAll(folder: string, files: readonly PlannedFile[], signal: AbortSignal): Promise<void> {
  await mkdir(folder);
  for (const file of files) {
    signal.throwIfAborted();
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, file.secret ? { mode: secretMode, flag: "wx" } : { flag: "wx" });
  }
  signal.throwIfAborted();
}

/** Creates missing folders; undoing removes those that are empty again. */
async function makeFolders(path: string, undos: Undo[]): Promise<void> {
  if (await exists(path)) return;
  await makeFolders(dirname(path), undos);
  try {
    await mkdir(path);
  } catch (error) {
    // Another program made it just now: it is not ours to remove.
    if (errorCode(error) === "EEXIST") return;
    throw error;
  }
  undos.push({ path, run: () => rmdir(path).catch(() => undefined) });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Writes the planned files: staged where no one looks, then moved into place; until it is kept, all of it can be undone. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { errorCode, explainFileError } from "./file-errors.ts";
import {
  asideIn,
  exists,
  holdsOriginals,
  keepCopy,
  lettingGo,
  putAside,
  puttingBack,
  type Original,
} from "./originals.ts";
import type { PlannedFile } from "./plan.ts";
import type { Target } from "./target.ts";
import { LeftBehind, messageOf, removal, removing, takeBack, type Undo } from "./undo.ts";

export type Placed = {
  /**
   * Takes back everything, including what was made and changed in the project since, under the given top-level names;
   * folders that were there before stay as they are now.
   * @param because what went wrong, to be said beside what cannot be taken back.
   * @throws LeftBehind for what could not be taken back; all else was.
   */
  readonly undo: (because?: unknown) => Promise<void>;
  /**
   * The project stays: lets go of what was written over.
   * @throws LeftBehind where that cannot be removed.
   */
  readonly keep: () => Promise<void>;
};

/** A plan was made for a file that is another one now: made anew, it may be carried out. */
export class SavedMeanwhile extends CliError {}

const secretMode = 0o600;

/**
 * @param leftovers top-level names that later steps may create or write over in the project.
 * @param alternative what else may be done where the file system refuses.
 * @throws CliError where the file system refuses, the signal's reason when aborted; nothing is left then.
 */
export async function place(
  target: Target,
  files: readonly PlannedFile[],
  leftovers: readonly string[],
  signal: AbortSignal,
  alternative?: string,
): Promise<Placed> {
  const undos: Undo[] = [];
  const undo = (because?: unknown): Promise<void> => takeBack(undos.splice(0).reverse(), because);
  const explain = (error: unknown, path: string): unknown => explainFileError(error, path, alternative);
  try {
    if (target.kind === "new") {
      await placeFolder(target.path, files, undos, signal);
      return { undo, keep: () => Promise.resolve() };
    }
    return { undo, keep: await placeInto(target.path, files, leftovers, undos, signal, explain) };
  } catch (error) {
    const explained = explain(error, target.path);
    await undo(explained);
    throw explained;
  }
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
  undos.push(removing(staging));
  await writeAll(staging, files, signal);
  await rename(staging, path);
  undos.push(removing(path));
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
  explain: (error: unknown, path: string) => unknown,
): Promise<() => Promise<void>> {
  const staging = join(path, `.create-fastmcp-${randomBytes(6).toString("hex")}`);
  undos.push({ run: () => removeStaging(staging), byHand: `remove ${staging}` });
  await writeAll(staging, files, signal);
  for (const name of leftovers) {
    await keepCopy({ path: join(path, name), aside: asideIn(staging, name) }, undos);
  }
  for (const [index, file] of files.entries()) {
    signal.throwIfAborted();
    const to = join(path, file.path);
    const original = { path: to, aside: asideIn(staging, String(index + 1)) };
    try {
      await makeFolders(dirname(to), undos);
      await placeFile(file, join(staging, file.path), original, undos);
    } catch (error) {
      throw explain(error, to);
    }
  }
  if (!(await holdsOriginals(staging))) await rm(staging, removal);
  // The first commit comes before it is gone.
  else await writeFile(join(staging, ".gitignore"), "*\n");
  return async () => {
    await rm(staging, removal).catch((cause: unknown) => {
      throw new LeftBehind(`what was written over could not be removed: ${messageOf(cause)}`, {
        hint: `remove ${staging}`,
        cause,
      });
    });
  };
}

async function placeFile(
  { path, before, secret }: PlannedFile,
  staged: string,
  original: Original,
  undos: Undo[],
): Promise<void> {
  const { path: to, aside } = original;
  undos.push(lettingGo(original));
  const replaces = await putAside(original);
  // Who may read a file stays as it was; what is secret is its owner's in any case.
  if (replaces && !secret) await chmod(staged, (await stat(aside)).mode);
  if (before !== undefined) {
    const now = replaces ? await readFile(to, "utf8").catch(() => readFile(aside, "utf8")) : undefined;
    // Somebody's editor, or another `mcp add`, may have been faster; what it wrote is not to be lost.
    if (now !== before) {
      throw new SavedMeanwhile(`${path} was saved meanwhile`, {
        hint: "run this again; nothing was written",
      });
    }
  }
  await rename(staged, to);
  undos.splice(-1, 1, replaces ? puttingBack(original) : removing(to));
}

/** Not as long as something of the person's is in it: that could not be put back, and it was said so. */
async function removeStaging(staging: string): Promise<void> {
  if (!(await holdsOriginals(staging))) await rm(staging, removal);
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
  undos.push({ run: () => rmdir(path).catch(() => undefined), byHand: `remove ${path}` });
}

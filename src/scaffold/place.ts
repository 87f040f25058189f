/** Writes the planned files: staged where no one looks, then moved into place; until it is kept, all of it can be undone. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { errorCode, explainFileError } from "./file-errors.ts";
import type { PlannedFile } from "./plan.ts";
import type { Target } from "./target.ts";

export type Placed = {
  /** Takes back everything, including what was made in the project since, under the given top-level names. */
  readonly undo: () => Promise<void>;
};

/** A plan was made for a file that is another one now: made anew, it may be carried out. */
export class SavedMeanwhile extends CliError {}

type Undo = () => Promise<void>;

const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
const secretMode = 0o600;

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
  const undo = async (): Promise<void> => {
    for (const step of undos.splice(0).reverse()) await step();
  };
  try {
    if (target.kind === "new") await placeFolder(target.path, files, undos, signal);
    else await placeInto(target.path, files, leftovers, undos, signal);
    return { undo };
  } catch (error) {
    await undo();
    throw explainFileError(error, target.path);
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
  undos.push(() => rm(staging, removal));
  await writeAll(staging, files, signal);
  await rename(staging, path);
  undos.push(() => rm(path, removal));
}

/** In a folder that exists, each file is moved in by itself; what it replaces is remembered. */
async function placeInto(
  path: string,
  files: readonly PlannedFile[],
  leftovers: readonly string[],
  undos: Undo[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of leftovers) {
    const leftover = join(path, name);
    if (!(await exists(leftover))) undos.push(() => rm(leftover, removal));
  }
  const staging = join(path, `.create-fastmcp-${randomBytes(6).toString("hex")}`);
  undos.push(() => rm(staging, removal));
  await writeAll(staging, files, signal);
  for (const file of files) {
    signal.throwIfAborted();
    const to = join(path, file.path);
    await makeFolders(dirname(to), undos);
    const staged = join(staging, file.path);
    undos.push(await restorer(to));
    // Who may read a file stays as it was; what is secret is its owner's in any case.
    const { mode } = await stat(to).catch(() => ({ mode: undefined }));
    if (mode !== undefined && !file.secret) await chmod(staged, mode);
    if (file.before !== undefined) await refuseIfSaved(to, file.path, file.before);
    await rename(staged, to);
  }
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
  undos.push(() => rmdir(path).catch(() => undefined));
}

/** Somebody's editor, or another `mcp add`, may have been faster; what it wrote is not to be lost. */
async function refuseIfSaved(path: string, shown: string, before: string): Promise<void> {
  if ((await readFile(path, "utf8")) === before) return;
  throw new SavedMeanwhile(`${shown} was saved meanwhile`, { hint: "run this again; nothing was written" });
}

async function restorer(path: string): Promise<Undo> {
  if (!(await exists(path))) return () => rm(path, removal);
  const [content, { mode }] = await Promise.all([readFile(path), stat(path)]);
  return () => writeFile(path, content, { mode });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Files of the person's that are written over: put aside before, and put back when that is undone. */
import { copyFile, link, lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "./file-errors.ts";
import { removing, type Undo } from "./undo.ts";

const asidePrefix = "replaced-";

/** @param name different for each in the same folder. */
export function asideIn(staging: string, name: string): string {
  return join(staging, `${asidePrefix}${name}`);
}

/** What is or was at a path, and where it is put aside. */
export type Original = { readonly path: string; readonly aside: string };

/** Of a file that later steps may write over; a folder is theirs to change. */
export async function keepCopy(original: Original, undos: Undo[]): Promise<void> {
  const found = await lstat(original.path).catch(() => undefined);
  if (found === undefined) undos.push(removing(original.path));
  if (found?.isFile() !== true) return;
  undos.push(lettingGo(original));
  await copyFile(original.path, original.aside);
  undos.splice(-1, 1, puttingBack(original));
}

/**
 * As a second name of the same file, so that nobody meets a folder without it; some file systems have no second names.
 * False where there is no file.
 */
export async function putAside({ path, aside }: Original): Promise<boolean> {
  try {
    await link(path, aside).catch(() => rename(path, aside));
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** As long as nothing was written in its place: what is there is the original, or what somebody else has saved since. */
export function lettingGo({ path, aside }: Original): Undo {
  return {
    run: async () => {
      if (await exists(path)) await rm(aside, { force: true });
      else if (await exists(aside)) await rename(aside, path);
    },
    byHand: `your ${basename(path)} is also in ${aside}; if ${path} is missing, move it back`,
  };
}

export function puttingBack({ path, aside }: Original): Undo {
  return {
    run: () => rename(aside, path),
    byHand: `your ${basename(path)} is in ${aside}; move it back to ${path}`,
  };
}

export async function holdsOriginals(staging: string): Promise<boolean> {
  const entries = await readdir(staging).catch(() => []);
  return entries.some((name) => name.startsWith(asidePrefix));
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

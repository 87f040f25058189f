/** Whether a new project lies in the folder of another one that does not know it: Yarn would take it for a part of that one. */
import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * @param path absolute; it need not exist. False in a monorepo, whose settings say what belongs to it, and where a lockfile of
 * Yarn's says already that a project begins.
 */
export async function liesInStrangeProject(path: string): Promise<boolean> {
  if (await isThere(join(path, "yarn.lock"))) return false;
  let strange = false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (manifest?.includes('"workspaces"') === true) return false;
    strange ||= manifest !== undefined || (await isThere(join(folder, "yarn.lock")));
    if (folder === dirname(folder)) return strange;
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

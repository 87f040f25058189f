/** What is installed for an entry: whether it may have changed, and whether its names can stand for anything else. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** What npm, pnpm and Yarn write at the end of an install. */
const marks = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.pnpm/lock.yaml",
  "node_modules/.yarn-state.yml",
  "node_modules/.yarn-integrity",
];

/** Differs after an install that the file may notice, whether or not a lockfile has changed. */
export function installedState(file: string): string {
  const states = foldersAbove(file)
    .filter((folder) => existsSync(join(folder, "node_modules")))
    .map((folder) => {
      const marked = marks.map((mark) => timeOf(join(folder, mark))).filter((time) => time !== undefined);
      // Others only add and remove.
      return marked.length > 0 ? marked.join() : timeOf(join(folder, "node_modules"));
    });
  return states.join();
}

/** Whether a TypeScript configuration may map names of packages to files of the project's own, which come and go. */
export function mayMapNames(file: string, cwd: string, env: NodeJS.ProcessEnv): boolean {
  if (env["TSX_TSCONFIG_PATH"] !== undefined) return true;
  const folders = new Set([...foldersAbove(file), ...foldersAbove(join(cwd, "tsconfig.json"))]);
  return [...folders].some((folder) => mapping.test(textOf(join(folder, "tsconfig.json"))));
}

/** What it extends is not looked at, and may say anything. */
const mapping = /"(?:paths|baseUrl|extends)"/;

function foldersAbove(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === file ? [] : [folder, ...foldersAbove(folder)];
}

function timeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** "" if it cannot be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

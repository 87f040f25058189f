/** Reads what `mcp add` has to know of a project: its sources, its name, its package manager. Writes nothing. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { CliError, exitCodes } from "../cli-error.ts";
import type { Sources } from "./addition.ts";
import { errorCode } from "./file-errors.ts";
import { packageManagerOf, type PackageManager } from "./package-managers.ts";

export type ReadProject = {
  /** Absolute path. */
  readonly folder: string;
  readonly name: string;
  readonly sources: Sources;
  readonly packageManager: PackageManager;
};

const lockfiles: readonly (readonly [file: string, manager: PackageManager])[] = [
  ["package-lock.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

/** Beside src/. */
const otherFiles = ["test/clients.ts", ".env.example"];

/**
 * @param cwd a folder in the project, at any depth.
 * @throws CliError where there is no project, or one whose package.json is broken.
 */
export async function readProject(cwd: string, userAgent: string | undefined): Promise<ReadProject> {
  const folder = upwards(cwd, "package.json");
  if (folder === undefined) {
    throw new CliError(`${cwd} is in no project: there is no package.json`, {
      hint: "go to a project's folder, or make one: mcp create my-server",
      exitCode: exitCodes.usage,
    });
  }
  const names = [
    ...(await sourceFiles(join(folder, "src"))),
    ...otherFiles.map((file) => join(folder, file)),
  ];
  const read = await Promise.all(
    names.map(async (path) => {
      const text = await readIfThere(path);
      return text === undefined ? [] : [[relative(folder, path).split(sep).join("/"), text] as const];
    }),
  );
  return {
    folder,
    name: nameIn(await readFile(join(folder, "package.json"), "utf8"), join(folder, "package.json")),
    sources: new Map(read.flat()),
    packageManager: lockedManager(folder) ?? packageManagerOf(userAgent),
  };
}

function upwards(from: string, file: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split(sep).includes("node_modules"));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function nameIn(manifest: string, path: string): string {
  try {
    const parsed: unknown = JSON.parse(manifest);
    const isNamed = typeof parsed === "object" && parsed !== null && "name" in parsed;
    return isNamed && typeof parsed.name === "string" ? parsed.name : "";
  } catch (error) {
    throw new CliError(`${path} is not valid JSON`, {
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/** Of the nearest lockfile, which in a workspace lies further up. */
export function lockedManager(folder: string): PackageManager | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const found = lockfiles.find(([file]) => existsSync(join(current, file)));
    if (found !== undefined) return found[1];
    if (current === dirname(current)) return undefined;
  }
}

/** Finds the server's entry file, its project, and what is needed to run it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError, exitCodes } from "../cli-error.ts";

export type Entry = {
  /** Absolute path. */
  readonly file: string;
  /** The nearest folder upwards with a package.json, else the entry's own. */
  readonly project: string;
  /** URL of tsx's loader, which lets Node run TypeScript; undefined for JavaScript. */
  readonly loader: string | undefined;
};

const names = ["src/server", "src/index", "server", "index"];
const extensions = [".ts", ".js", ".mts", ".mjs", ".tsx", ".cts", ".cjs"];
const compiled = new Set([".ts", ".mts", ".cts", ".tsx", ".jsx"]);
/** Node runs a file without an extension as JavaScript too. */
const runnable = new Set([...extensions, ".jsx", ""]);

/**
 * @param given a file, or a folder to look in.
 * @throws CliError if there is no entry, or if it is TypeScript and the project has no tsx.
 */
export function findEntry(given: string | undefined, cwd: string): Entry {
  const file = given === undefined ? discover(cwd) : existing(resolve(cwd, given), given, cwd);
  const project = projectOf(dirname(file));
  return { file, project, loader: compiled.has(extname(file)) ? findLoader(file, project) : undefined };
}

function existing(file: string, given: string, cwd: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return discover(file);
  if (stats !== undefined) return readable(file, given);
  const found = candidates(cwd).find((path) => existsSync(path));
  const hint =
    found === undefined
      ? "give the file that starts your server: mcp dev src/server.ts"
      : `did you mean ${relative(cwd, found)}?`;
  throw new CliError(`${given} does not exist`, { hint, exitCode: exitCodes.usage });
}

function readable(file: string, given: string): string {
  if (runnable.has(extname(file))) return file;
  const isPython = extname(file) === ".py";
  throw new CliError(`${given} is neither JavaScript nor TypeScript`, {
    hint: isPython
      ? `FastMCP for Python has a command of its own: fastmcp run ${given}`
      : "give the file that starts your server: mcp dev src/server.ts",
    exitCode: exitCodes.usage,
  });
}

function discover(cwd: string): string {
  const { entry, main } = readManifest(join(cwd, "package.json"));
  if (entry !== undefined) return existing(resolve(cwd, entry), `${entry} (mcp.entry in package.json)`, cwd);
  const found = candidates(cwd).find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (main !== undefined && existsSync(resolve(cwd, main))) return resolve(cwd, main);
  throw new CliError(`no server found in ${cwd}`, {
    hint: "looked for mcp.entry in package.json, src/server.ts, src/index.ts, server.ts, index.ts; name the file: mcp dev path/to/server.ts",
    exitCode: exitCodes.usage,
  });
}

function candidates(cwd: string): string[] {
  return names.flatMap((name) => extensions.map((extension) => join(cwd, `${name}${extension}`)));
}

function readManifest(file: string): { entry?: string; main?: string } {
  if (!existsSync(file)) return {};
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CliError(`${file} is not valid JSON`, {
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const field = (value: unknown, name: string): unknown =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  const entry = text(field(field(manifest, "mcp"), "entry"));
  const main = text(field(manifest, "main"));
  return { ...(entry === undefined ? {} : { entry }), ...(main === undefined ? {} : { main }) };
}

function projectOf(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, "package.json"))) return current;
    if (current === dirname(current)) return folder;
  }
}

function findLoader(file: string, project: string): string {
  const require = createRequire(pathToFileURL(file));
  try {
    return pathToFileURL(join(dirname(require.resolve("tsx/package.json")), "dist/loader.mjs")).href;
  } catch (error) {
    throw new CliError(`${basename(file)} is TypeScript, and this project has no tsx to run it`, {
      hint: `add it: ${addCommand(project, "development")} tsx`,
      cause: error,
    });
  }
}

/** How the project's package manager adds a package. */
export function addCommand(project: string, purpose: "development" | "production"): string {
  const has = (name: string): boolean => existsSync(join(project, name));
  const flag = (short: string): string => (purpose === "development" ? ` ${short}` : "");
  if (has("pnpm-lock.yaml")) return `pnpm add${flag("-D")}`;
  if (has("yarn.lock")) return `yarn add${flag("-D")}`;
  if (has("bun.lock") || has("bun.lockb")) return `bun add${flag("-d")}`;
  return `npm install${flag("-D")}`;
}

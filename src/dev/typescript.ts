/** Finds the project's own TypeScript, and reads what its compiler prints. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Entry } from "./entry.ts";

export type TypeError = {
  /** file:line:column, relative to the project; undefined for what concerns no file. */
  readonly place: string | undefined;
  readonly message: string;
  readonly code: string;
};

export type Compiler = { readonly compiler: string; readonly config: string };

/** The command's JavaScript file and the tsconfig, or why there is nothing to check with. */
export function findCompiler({ file, project }: Entry): Compiler | { readonly missing: string } {
  const config = configOf(dirname(file), project);
  if (config === undefined) return { missing: "there is no tsconfig.json" };
  const compiler = compilerOf(file);
  if (compiler === undefined) return { missing: "typescript is not installed in the project" };
  return { compiler, config };
}

/** @param folder that the paths of the compiler are relative to. */
export function readTypeError(line: string, folder: string, project: string): TypeError | undefined {
  const [, file, row, column, code, message] = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line) ?? [];
  if (file !== undefined && code !== undefined && message !== undefined) {
    const place = `${relative(project, resolve(folder, file))}:${String(row)}:${String(column)}`;
    return { place, message, code };
  }
  const [, globalCode, globalMessage] = /^error (TS\d+): (.*)$/.exec(line) ?? [];
  if (globalCode === undefined || globalMessage === undefined) return undefined;
  return { place: undefined, message: globalMessage, code: globalCode };
}

function configOf(folder: string, project: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const config = join(current, "tsconfig.json");
    if (existsSync(config)) return config;
    if (current === project || current === dirname(current)) return undefined;
  }
}

function compilerOf(file: string): string | undefined {
  try {
    const manifest = createRequire(pathToFileURL(file)).resolve("typescript/package.json");
    const { bin }: { bin?: Record<string, string> } = JSON.parse(readFileSync(manifest, "utf8")) as {
      bin?: Record<string, string>;
    };
    return bin?.["tsc"] === undefined ? undefined : join(dirname(manifest), bin["tsc"]);
  } catch {
    return undefined;
  }
}

/** Finds the project's own TypeScript, and reads what its compiler prints. */
import { execa } from "execa";
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

/**
 * The configuration that the file is compiled with. One that only refers to others has no files of its own, so that
 * nothing would be checked: then it is the one of those that has the file.
 */
export function configFor(found: Compiler, file: string, signal?: AbortSignal): Promise<string> {
  return searchConfig(found, file, new Set(), signal);
}

/** @param seen on the way here: configurations that refer to each other are the compiler's to complain of. */
async function searchConfig(
  { compiler, config }: Compiler,
  file: string,
  seen: Set<string>,
  signal: AbortSignal | undefined,
): Promise<string> {
  seen.add(config);
  for (const reference of await referencesOf(config)) {
    if (seen.has(reference)) continue;
    const referred = await searchConfig({ compiler, config: reference }, file, seen, signal);
    if (await hasFile(compiler, referred, file, signal)) return referred;
  }
  return config;
}

/** Paths of those that stand for it; none if it has files of its own, or cannot be read. */
async function referencesOf(config: string): Promise<string[]> {
  let text: string;
  try {
    text = readFileSync(config, "utf8");
  } catch {
    return [];
  }
  // Most starts never come here.
  const { parse } = await import("jsonc-parser");
  const read: unknown = parse(text, [], { allowTrailingComma: true });
  if (typeof read !== "object" || read === null) return [];
  const { files, include, references } = read as Record<string, unknown>;
  const isEmpty = Array.isArray(files) && files.length === 0 && include === undefined;
  if (!isEmpty || !Array.isArray(references)) return [];
  return (references as unknown[]).flatMap((reference) => {
    const path =
      typeof reference === "object" && reference !== null && "path" in reference ? reference.path : 0;
    if (typeof path !== "string") return [];
    const place = resolve(dirname(config), path);
    return [place.endsWith(".json") ? place : join(place, "tsconfig.json")];
  });
}

async function hasFile(
  compiler: string,
  config: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { stdout } = await execa(process.execPath, [compiler, "--showConfig", "-p", config], {
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const { parse } = await import("jsonc-parser");
  const shown: unknown = parse(stdout);
  const files: unknown = typeof shown === "object" && shown !== null && "files" in shown ? shown.files : [];
  return Array.isArray(files) && files.some((name) => resolve(dirname(config), String(name)) === file);
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

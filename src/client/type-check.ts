/** Type-checks a project with its own TypeScript. */
import { execa } from "execa";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Entry } from "../dev/entry.ts";
import { error, type Finding } from "./findings.ts";

export type TypeCheck =
  /** There is nothing to check, or nothing to check it with. */
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "checked"; readonly findings: readonly Finding[] };

export async function typeCheck({ file, project }: Entry, signal: AbortSignal): Promise<TypeCheck> {
  const config = configOf(dirname(file), project);
  if (config === undefined) return { kind: "skipped", why: "there is no tsconfig.json" };
  const compiler = compilerOf(file);
  if (compiler === undefined) return { kind: "skipped", why: "typescript is not installed in the project" };
  const { stdout, exitCode } = await execa(
    process.execPath,
    [compiler, "--noEmit", "--pretty", "false", "-p", config],
    { cwd: project, reject: false, cancelSignal: signal, all: true },
  );
  const findings = stdout.split("\n").flatMap((line) => findingOf(line, project));
  if (findings.length > 0 || exitCode === 0) return { kind: "checked", findings };
  return { kind: "checked", findings: [error("types", stdout.trim() === "" ? "tsc failed" : stdout.trim())] };
}

function findingOf(line: string, project: string): Finding[] {
  const [, file, row, column, code, message] = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line) ?? [];
  if (file !== undefined && code !== undefined && message !== undefined) {
    const place = `${relative(project, join(project, file))}:${String(row)}:${String(column)}`;
    return [error("types", `${message} (${code})`, place)];
  }
  const [, globalCode, globalMessage] = /^error (TS\d+): (.*)$/.exec(line) ?? [];
  return globalCode === undefined ? [] : [error("types", `${String(globalMessage)} (${globalCode})`)];
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

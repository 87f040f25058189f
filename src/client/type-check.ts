/** Type-checks a project with its own TypeScript. */
import { execa } from "execa";
import type { Entry } from "../dev/entry.ts";
import { configFor, findCompiler, readTypeError } from "../dev/typescript.ts";
import { error, type Finding } from "./findings.ts";

export type TypeCheck =
  /** There is nothing to check, or nothing to check it with. */
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "checked"; readonly findings: readonly Finding[] };

export async function typeCheck(entry: Entry, signal: AbortSignal): Promise<TypeCheck> {
  const { project } = entry;
  const found = findCompiler(entry);
  if ("missing" in found) return { kind: "skipped", why: found.missing };
  const config = await configFor(found, entry.file, signal);
  const { stdout, exitCode } = await execa(
    process.execPath,
    [found.compiler, "--noEmit", "--pretty", "false", "-p", config],
    { cwd: project, reject: false, cancelSignal: signal, all: true },
  );
  const findings = stdout.split("\n").flatMap((line) => {
    const read = readTypeError(line, project, project);
    return read === undefined ? [] : [error("types", `${read.message} (${read.code})`, read.place)];
  });
  if (findings.length > 0 || exitCode === 0) return { kind: "checked", findings };
  return { kind: "checked", findings: [error("types", stdout.trim() === "" ? "tsc failed" : stdout.trim())] };
}

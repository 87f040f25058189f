/** The whole command that a person types to get the same project without a question. */
import type { PackageManager } from "./package-managers.ts";

/** How this program was started: as `create-fastmcp`, as `mcp create`, or by a package manager's `create`. */
export function startedAs(program: string, manager: PackageManager, env: NodeJS.ProcessEnv): string {
  const byManager = program === "create-fastmcp" && env["npm_config_user_agent"] !== undefined;
  if (!byManager) return program;
  return manager === "npm" ? "npm create fastmcp@latest" : `${manager} create fastmcp`;
}

/** @param flags as they were typed; npm needs `--` before them. */
export function wholeCommand(start: string, directory: string, flags: readonly string[]): string {
  const separator = start.startsWith("npm ") && flags.length > 0 ? ["--"] : [];
  return [start, ...[directory, ...separator, ...flags].map(shellWord)].join(" ");
}

/** Quoted for a POSIX shell, only where it is needed. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

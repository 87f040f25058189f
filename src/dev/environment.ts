/** The child's environment: .env files in order, later over earlier, the shell over all. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { CliError, exitCodes } from "../cli-error.ts";

/** The files that are read: those named, or the project's `.env` if there is one. */
export function environmentFiles(named: readonly string[], project: string, cwd: string): string[] {
  return named.length > 0 ? named.map((file) => resolve(cwd, file)) : [join(project, ".env")];
}

/**
 * Variables of the files that the shell does not set itself.
 * @param required whether a missing file is an error: a named one is, `.env` is not.
 */
export function readEnvironment(
  files: readonly string[],
  required: boolean,
  shell: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const file of files) {
    if (!existsSync(file)) {
      if (!required) continue;
      throw new CliError(`${file} does not exist`, {
        hint: "--env-file takes the path of a .env file",
        exitCode: exitCodes.usage,
      });
    }
    for (const [name, value] of Object.entries(parseEnv(readFileSync(file, "utf8")))) {
      if (value !== undefined) variables[name] = value;
    }
  }
  return Object.fromEntries(Object.entries(variables).filter(([name]) => shell[name] === undefined));
}

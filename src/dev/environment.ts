/** The child's environment: .env files in order, later over earlier, the shell over all. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { CliError, exitCodes } from "../cli-error.ts";

/** The files that are read: those named, or the project's `.env` if there is one. */
export function environmentFiles(named: readonly string[], project: string, cwd: string): string[] {
  return named.length > 0 ? named.map((file) => resolve(cwd, file)) : [join(project, ".env")];
}

export type EnvironmentSource = {
  readonly file: string;
  readonly isThere: boolean;
  /** Those whose value comes from here. */
  readonly names: readonly string[];
  /** A later file has another value. */
  readonly overridden: readonly string[];
  readonly fromShell: readonly string[];
};

/** Reads the files anew on every start of a child. */
export class Environment {
  readonly #files: readonly string[];
  readonly #shell: ReadonlySet<string>;

  /**
   * @param required whether a missing file is an error: a named one is, the project's `.env` is not.
   * @throws CliError for a required file that is not there.
   */
  constructor(files: readonly string[], required: boolean, shell: NodeJS.ProcessEnv = process.env) {
    this.#files = files;
    const missing = required ? files.find((file) => !existsSync(file)) : undefined;
    if (missing !== undefined) {
      const hint = "--env-file takes the path of a .env file";
      throw new CliError(`${missing} does not exist`, { hint, exitCode: exitCodes.usage });
    }
    // Node 20 reads `--env-file` itself, wherever it stands: what has the file's value came from there, not from the shell.
    const variables = this.#read();
    const fromShell = Object.keys(shell).filter((name) => shell[name] !== variables[name]);
    this.#shell = new Set(fromShell);
  }

  /** Which names the server gets from which file, and which the shell has set before; values are nobody's business. */
  sources(): EnvironmentSource[] {
    const last = new Map<string, string>();
    const contents = this.#files.map((file) => ({ file, names: Object.keys(readVariables(file)).sort() }));
    for (const { file, names } of contents) for (const name of names) last.set(name, file);
    return contents.map(({ file, names }) => ({
      file,
      isThere: existsSync(file),
      names: names.filter((name) => last.get(name) === file && !this.#shell.has(name)),
      overridden: names.filter((name) => last.get(name) !== file),
      fromShell: names.filter((name) => this.#shell.has(name)),
    }));
  }

  /** Variables of the files that the shell does not set itself. A file that is gone has none. */
  variables(): Record<string, string> {
    const variables = this.#read();
    return Object.fromEntries(Object.entries(variables).filter(([name]) => !this.#shell.has(name)));
  }

  #read(): Record<string, string> {
    const variables: Record<string, string> = {};
    for (const file of this.#files) Object.assign(variables, readVariables(file));
    return variables;
  }
}

/** None if the file is not there, or cannot be read at this moment. */
function readVariables(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return {};
  }
  const entries = Object.entries(parseEnv(text));
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

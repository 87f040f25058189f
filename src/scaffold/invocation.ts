/** The whole command that a person types to get the same project without a question. */
import type { Template, TemplateOptions } from "./catalogue.ts";
import type { CreateOptions } from "./options.ts";
import { packageManagerOf } from "./package-managers.ts";

/** How this program was started: as `create-fastmcp`, as `mcp create`, or by a package manager's `create`. */
export function startedAs(program: string, env: NodeJS.ProcessEnv): string {
  const userAgent = env["npm_config_user_agent"];
  if (program !== "create-fastmcp" || userAgent === undefined) return program;
  const manager = packageManagerOf(userAgent);
  return manager === "npm" ? "npm create fastmcp@latest" : `${manager} create fastmcp`;
}

/** The flags that make the same project whoever types them, every choice spelled out. */
export function allFlags(template: Template, made: TemplateOptions, options: CreateOptions): string[] {
  const { packageManager, cli, install, git, force, verify } = options;
  return [
    ...["--template", template.name, "--transport", made.transport],
    ...(template.has.includes("auth") ? ["--auth", made.auth] : []),
    ...(template.has.includes("state") ? ["--state", made.state] : []),
    ...(template.has.includes("roots") && !made.roots ? ["--no-roots"] : []),
    ...(packageManager === undefined ? [] : ["--pm", packageManager]),
    ...(cli === undefined ? [] : ["--cli", cli]),
    ...(install ? [] : ["--no-install"]),
    ...(git ? [] : ["--no-git"]),
    ...(force ? ["--force"] : []),
    ...(verify ? ["--verify"] : []),
    "--yes",
  ];
}

/** @param flags as they were typed; npm needs `--` before them. */
export function wholeCommand(start: string, directory: string, flags: readonly string[]): string {
  const separator = start.startsWith("npm ") && flags.length > 0 ? ["--"] : [];
  return [start, ...[directory, ...separator, ...flags].map(shellWord)].join(" ");
}

/** Quoted for a POSIX shell, only where it is needed. */
export function shellWord(word: string): string {
  return /^(?!~)[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

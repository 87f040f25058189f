/** The templates, their options, and which layers of files each combination is made of. */
import { CliError, exitCodes } from "../cli-error.ts";

export const transports = ["http", "stdio"] as const;
export type Transport = (typeof transports)[number];

export type TemplateOptions = { readonly transport: Transport; readonly roots: boolean };

export type Template = {
  readonly name: string;
  readonly summary: string;
  /** Folders under templates/<name>, disjoint: no file is in two layers of one combination. */
  readonly layers: (options: TemplateOptions) => readonly string[];
};

export const templates: readonly Template[] = [
  {
    name: "session",
    summary: "typed sessions, tokens, roots, per-session state, lifecycle log, tests that speak MCP",
    layers: ({ transport, roots }) => ["base", roots ? "roots" : "no-roots", transport],
  },
];

export function templateNamed(name: string): Template {
  const template = templates.find((known) => known.name === name);
  if (template !== undefined) return template;
  throw new CliError(`there is no template "${name}"`, {
    hint: `there is: ${templates.map((known) => known.name).join(", ")} (see --list)`,
    exitCode: exitCodes.usage,
  });
}

/** The command line's options of create, checked. */
import { CliError, exitCodes } from "../cli-error.ts";
import {
  auths,
  states,
  transports,
  type Auth,
  type OptionName,
  type State,
  type Template,
  type TemplateOptions,
  type Transport,
} from "./catalogue.ts";
import { packageManagers, type PackageManager } from "./package-managers.ts";

export type CreateOptions = {
  readonly template: string;
  /** Undefined where it was not given. */
  readonly transport: Transport | undefined;
  readonly auth: Auth | undefined;
  readonly state: State | undefined;
  readonly roots: boolean | undefined;
  readonly packageManager: PackageManager | undefined;
  readonly cli: string | undefined;
  readonly install: boolean;
  readonly git: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly list: boolean;
};

/**
 * @param given what commander read.
 * @throws CliError with exit code 2 for a value that is none of those that exist, or that does not exist yet.
 */
export function readOptions(given: Readonly<Record<string, unknown>>): CreateOptions {
  if (given["verify"] === true)
    throw notYet("--verify", "run the project's own type check and tests instead");
  return {
    template: text(given, "template") ?? "session",
    transport: choice(given, "transport", transports),
    auth: choice(given, "auth", auths),
    state: choice(given, "state", states),
    roots: given["roots"] === false ? false : undefined,
    packageManager: choice(given, "pm", packageManagers),
    cli: text(given, "cli"),
    install: given["install"] !== false,
    git: given["git"] !== false,
    yes: given["yes"] === true,
    force: given["force"] === true,
    dryRun: given["dryRun"] === true,
    json: given["json"] === true,
    list: given["list"] === true,
  };
}

/**
 * What the template is made with: what was given, and its defaults for the rest.
 * @throws CliError with exit code 2 for an option that the template does not have.
 */
export function templateOptions(
  template: Template,
  given: { readonly [Name in keyof TemplateOptions]: TemplateOptions[Name] | undefined },
): TemplateOptions {
  const flags: Readonly<Record<OptionName, string>> = {
    auth: "--auth",
    state: "--state",
    roots: "--no-roots",
  };
  for (const name of ["auth", "state", "roots"] as const) {
    if (given[name] === undefined || given[name] === template.defaults[name] || template.has.includes(name))
      continue;
    throw new CliError(`the template "${template.name}" has no ${flags[name]}`, {
      hint: `leave it out, or choose another template (see --list)`,
      exitCode: exitCodes.usage,
    });
  }
  const { defaults } = template;
  return {
    transport: given.transport ?? defaults.transport,
    auth: given.auth ?? defaults.auth,
    state: given.state ?? defaults.state,
    roots: given.roots ?? defaults.roots,
  };
}

function notYet(what: string, hint: string): CliError {
  return new CliError(`${what} does not exist yet`, { hint, exitCode: exitCodes.usage });
}

function choice<T extends string>(
  given: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = text(given, name);
  if (value === undefined) return undefined;
  const chosen = choices.find((each) => each === value);
  if (chosen !== undefined) return chosen;
  throw new CliError(`--${name} cannot be "${value}"`, {
    hint: `choose from: ${choices.join(", ")}`,
    exitCode: exitCodes.usage,
  });
}

function text(given: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = given[name];
  return typeof value === "string" ? value : undefined;
}

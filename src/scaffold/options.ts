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
  /** Undefined where it was not given, as are those that follow. */
  readonly template: string | undefined;
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
  readonly verify: boolean;
  readonly json: boolean;
  readonly list: boolean;
};

/**
 * @param given what commander read.
 * @throws CliError with exit code 2 for a value that is none of those that exist, and for flags that contradict each other.
 */
export function readOptions(given: Readonly<Record<string, unknown>>): CreateOptions {
  const verify = given["verify"] === true;
  if (verify && given["install"] === false) {
    throw new CliError("--verify needs what --no-install leaves out", {
      hint: "leave out one of the two",
      exitCode: exitCodes.usage,
    });
  }
  return {
    template: text(given, "template"),
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
    verify,
    json: given["json"] === true,
    list: given["list"] === true,
  };
}

export type GivenOptions = { readonly [Name in keyof TemplateOptions]: TemplateOptions[Name] | undefined };

/** Which of the given options the template does not have, if there is one. */
export function unknownToTemplate({ has, defaults }: Template, given: GivenOptions): OptionName | undefined {
  const names = ["auth", "state", "roots"] as const;
  return names.find(
    (name) => given[name] !== undefined && given[name] !== defaults[name] && !has.includes(name),
  );
}

/**
 * What the template is made with: what was given, and its defaults for the rest.
 * @throws CliError with exit code 2 for an option that the template does not have.
 */
export function templateOptions(template: Template, given: GivenOptions): TemplateOptions {
  const unknown = unknownToTemplate(template, given);
  if (unknown !== undefined) {
    const flag = { auth: "--auth", state: "--state", roots: "--no-roots" }[unknown];
    throw new CliError(`the template "${template.name}" has no ${flag}`, {
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

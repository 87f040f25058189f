/** The command line's options of create, checked. */
import { CliError, exitCodes } from "../cli-error.ts";
import { transports, type Transport } from "./catalogue.ts";
import { packageManagers, type PackageManager } from "./package-managers.ts";

export type CreateOptions = {
  readonly template: string;
  /** Undefined where it was not given. */
  readonly transport: Transport | undefined;
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
  refuseNotYet(given, "auth", "token");
  refuseNotYet(given, "state", "memory");
  if (given["verify"] === true)
    throw notYet("--verify", "run the project's own type check and tests instead");
  return {
    template: text(given, "template") ?? "session",
    transport: choice(given, "transport", transports),
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

const known = {
  auth: ["none", "token", "jwt", "oauth"],
  state: ["memory", "redis"],
} as const;

function refuseNotYet(
  given: Readonly<Record<string, unknown>>,
  name: keyof typeof known,
  only: string,
): void {
  const value = choice(given, name, known[name]);
  if (value !== undefined && value !== only) throw notYet(`--${name} ${value}`, `there is --${name} ${only}`);
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

/**
 * `npm create fastmcp x --template y`, without `--`, keeps the flags for npm, which passes them on as npm_config_*
 * variables; a value that followed after a space arrives as one more word. What npm takes for a setting of its own and
 * refuses, as it does with `--auth`, never arrives.
 */
import { auths, states, templates, transports } from "./catalogue.ts";
import { packageManagers } from "./package-managers.ts";

export type Recovered = {
  readonly args: readonly string[];
  /** The flags that were found, as they should have arrived. */
  readonly flags: readonly string[];
  /** Their variables, which must not reach another npm. */
  readonly variables: readonly string[];
};

type Found = { readonly flag: string; readonly variables: readonly string[]; readonly value?: string };

/** By these a stray word is told to be a flag's value. */
const valuesOf: Readonly<Record<string, (word: string) => boolean>> = {
  template: (word) => templates.some(({ name }) => name === word),
  transport: (word) => transports.some((each) => each === word),
  auth: (word) => auths.some((each) => each === word),
  state: (word) => states.some((each) => each === word),
  cli: (word) => /[:@/]|\.tgz$/.test(word),
};
const switches = ["list", "dry-run", "verify", "json"];
// Not --force and --yes: people set those for npm in its own settings, where they do not speak to us.
const negated = ["roots", "install", "git"];

export function recoverSwallowedFlags(args: readonly string[], env: NodeJS.ProcessEnv): Recovered {
  if (env["npm_command"] !== "exec") return { args, flags: [], variables: [] };
  const missing = (name: string): boolean => !args.some((arg) => isFlag(arg, name));
  const found = [
    ...Object.keys(valuesOf)
      .filter(missing)
      .flatMap((name) => withValue(name, env)),
    ...(missing("pm") ? packageManager(env) : []),
    ...switches
      .filter(missing)
      .flatMap((name) => (env[variable(name)] === "true" ? [bare(`--${name}`, name)] : [])),
    ...negated.filter(missing).flatMap((name) => {
      const value = env[variable(name)];
      return value === "" || value === "false" ? [bare(`--no-${name}`, name)] : [];
    }),
  ];
  return { ...withStrayWords(args, found), variables: found.flatMap(({ variables }) => variables) };
}

function withValue(name: string, env: NodeJS.ProcessEnv): Found[] {
  const value = env[variable(name)];
  if (value === undefined) return [];
  const found = { flag: `--${name}`, variables: [variable(name)] };
  return [value === "true" ? found : { ...found, value }];
}

/** npm reads `--pm` as its own `-p -m`, which are `--parseable` and `--message`. */
function packageManager({ npm_config_parseable, npm_config_message }: NodeJS.ProcessEnv): Found[] {
  const value = packageManagers.find((known) => known === npm_config_message);
  if (value === undefined || npm_config_parseable !== "true") return [];
  return [{ flag: "--pm", variables: ["npm_config_parseable", "npm_config_message"], value }];
}

/** A flag whose value is not there takes the last word that can be its value; the directory stays, whatever its name. */
function withStrayWords(
  args: readonly string[],
  found: readonly Found[],
): { args: readonly string[]; flags: readonly string[] } {
  const rest = [...args];
  const flags = found.flatMap(({ flag, value }) => {
    const fits = valuesOf[flag.slice(2)];
    if (value !== undefined) return [`${flag}=${value}`];
    if (fits === undefined) return [flag];
    const words = rest.filter((word) => !word.startsWith("-"));
    const stray = words.length > 1 ? words.findLast(fits) : undefined;
    if (stray === undefined) return [];
    rest.splice(rest.lastIndexOf(stray), 1);
    return [`${flag}=${stray}`];
  });
  return { args: [...rest, ...flags], flags };
}

function bare(flag: string, name: string): Found {
  return { flag, variables: [variable(name)] };
}

function variable(name: string): string {
  return `npm_config_${name.replaceAll("-", "_")}`;
}

function isFlag(arg: string, name: string): boolean {
  return [`--${name}`, `--no-${name}`].some((flag) => arg === flag || arg.startsWith(`${flag}=`));
}

/**
 * `npm create fastmcp x --template y`, without `--`, keeps the flags for npm, which passes them on as npm_config_*
 * variables; a value that followed after a space arrives as one more word.
 */

export type Recovered = {
  readonly args: readonly string[];
  /** The flags that were found, as they should have arrived. */
  readonly flags: readonly string[];
  /** Their variables, which must not reach another npm. */
  readonly variables: readonly string[];
};

const withValue = ["template", "transport", "auth", "state", "cli"];
const switches = ["list", "dry-run", "verify", "json"];
// Not --force and --yes: people set those for npm in its own settings, where they do not speak to us.
const negated = ["roots", "install", "git"];

export function recoverSwallowedFlags(args: readonly string[], env: NodeJS.ProcessEnv): Recovered {
  const found: { flag: string; variable: string; value?: string | undefined }[] = [];
  if (env["npm_command"] === "exec") {
    for (const name of [...withValue, ...switches, ...negated]) {
      const variable = `npm_config_${name.replaceAll("-", "_")}`;
      const value = env[variable];
      if (value === undefined || args.some((arg) => isFlag(arg, name))) continue;
      if (negated.includes(name)) {
        if (value === "" || value === "false") found.push({ flag: `--no-${name}`, variable });
      } else if (switches.includes(name)) {
        if (value === "true") found.push({ flag: `--${name}`, variable });
      } else found.push({ flag: `--${name}`, variable, value: value === "true" ? undefined : value });
    }
  }
  return { ...withStrayWords(args, found), variables: found.map(({ variable }) => variable) };
}

/** One flag without its value and one word too many belong together; anything else is left for the usual error. */
function withStrayWords(
  args: readonly string[],
  found: readonly { flag: string; value?: string | undefined }[],
): { args: readonly string[]; flags: readonly string[] } {
  const bare = (flag: string): boolean => withValue.includes(flag.slice(2));
  const waiting = found.filter(({ flag, value }) => bare(flag) && value === undefined);
  const words = args.filter((arg) => !arg.startsWith("-"));
  const stray = waiting.length === 1 && words.length === 2 ? words[1] : undefined;
  const flags = found.flatMap(({ flag, value = stray }) => {
    if (!bare(flag)) return [flag];
    return value === undefined ? [] : [`${flag}=${value}`];
  });
  const strayAt = stray === undefined ? -1 : args.lastIndexOf(stray);
  return { args: [...args.filter((_, index) => index !== strayAt), ...flags], flags };
}

function isFlag(arg: string, name: string): boolean {
  return [`--${name}`, `--no-${name}`].some((flag) => arg === flag || arg.startsWith(`${flag}=`));
}

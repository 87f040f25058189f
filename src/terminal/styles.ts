/** Colours for one stream: on for a terminal, off elsewhere, NO_COLOR and FORCE_COLOR above both (https://no-color.org). */
import * as kleur from "kleur/colors";

export type Style = (text: string) => string;
export type Styles = { readonly enabled: boolean } & Readonly<
  Record<
    "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "gray" | "inverse",
    Style
  >
>;

const plain: Style = (text) => text;

export function stylesFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Styles {
  return colorEnabled(stream, env) ? coloured : uncoloured;
}

function colorEnabled(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
}

const names = [
  "bold",
  "dim",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "gray",
  "inverse",
] as const;
// kleur looks at its own `$.enabled`, which knows one answer for the whole process; each stream here has its own.
kleur.$.enabled = true;
const coloured = make(true, (name) => kleur[name]);
const uncoloured = make(false, () => plain);

function make(enabled: boolean, styleOf: (name: (typeof names)[number]) => Style): Styles {
  const entries = names.map((name) => [name, styleOf(name)] as const);
  return { enabled, ...(Object.fromEntries(entries) as Record<(typeof names)[number], Style>) };
}

/** The project's name: taken from its folder, checked as npm would, and a near one that npm accepts. */
import { basename, dirname, resolve } from "node:path";
import validate from "validate-npm-package-name";

/** The folder's name, with its scope if the folder lies in one: `packages/@acme/weather` is `@acme/weather`. */
export function nameOfFolder(folder: string): string {
  const path = resolve(folder);
  const scope = basename(dirname(path));
  return /^@[^@]/.test(scope) ? `${scope}/${basename(path)}` : basename(path);
}

/** Devices of Windows: no folder there can have such a name, with or without an extension. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Who would refuse the name and why, or undefined if nobody would. */
export function nameProblem(name: string): string | undefined {
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  if (!validForNewPackages) {
    const why = [...errors, ...warnings][0]?.replace(/^name /, "it ") ?? "npm does not accept it";
    return `npm would refuse the name "${name}": ${why}`;
  }
  if (!reserved.test(name.replace(/^.*\//, ""))) return undefined;
  return `Windows would refuse the name "${name}": it is a device's`;
}

/** A name close to this one that npm accepts; undefined where nothing is left of it. */
export function nearestName(name: string): string | undefined {
  const [first = "", ...rest] = name.split("/");
  const scoped = first.startsWith("@") && rest.length > 0;
  const scope = scoped ? plainWord(first.slice(1)) : "";
  const word = plainWord(scoped ? rest.join("-") : name);
  const near = scope === "" ? word : `@${scope}/${word}`;
  for (const candidate of [near, `${near}-server`]) {
    if (word !== "" && nameProblem(candidate) === undefined) return candidate;
  }
  return undefined;
}

const longestWord = 100;

function plainWord(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longestWord)
    .replace(/^-+|-+$/g, "");
}

/** One name in any spelling → the words in it, and from them the names of the file, of the export, and for MCP. */

export const addedKinds = ["tool", "resource", "prompt"] as const;
export type AddedKind = (typeof addedKinds)[number];

export type Spelling = "camel" | "snake" | "kebab";

export type AddedNames = {
  /** Without folder and ending. */
  readonly file: string;
  readonly exported: string;
  /** What clients call it; of a resource, the last part of its address. */
  readonly mcp: string;
  /** For people: "Get forecast". */
  readonly title: string;
};

export type ReadName =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly suggestion: string };

/** The protocol allows more; no common client does (`mcp check` says the same). */
const longestName = 64;

/** ECMA-262 13.1 and 12.7.2, in modules: what cannot be the name of an exported function. */
const reservedWords = new Set(
  [
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends",
    "false finally for function if implements import in instanceof interface let new null package private protected",
    "public return static super switch this throw true try typeof undefined var void while with yield",
  ].flatMap((line) => line.split(" ")),
);
/** No files for Windows, whatever follows the dot. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** `getForecast`, `get-forecast`, `get_forecast` and `get forecast` are the same two words. */
export function readAddedName(text: string, kind: AddedKind): ReadName {
  const refused = (problem: string, suggestion: string): ReadName => ({ ok: false, problem, suggestion });
  if (!/^[A-Za-z0-9 _-]*$/.test(text)) {
    const near = wordsOf(plain(text)).join("-");
    const problem = `"${text}" has more than letters, digits, hyphens, underscores and spaces in it`;
    return refused(problem, /^[a-z]/.test(near) ? near : `my-${kind}`);
  }
  const words = wordsOf(text);
  const [first, ...rest] = words;
  if (first === undefined) return refused(`a ${kind} needs a name with letters in it`, `my-${kind}`);
  const joined = words.join("-");
  if (/^\d/.test(first)) {
    const turned = rest[0] !== undefined && /^[a-z]/.test(rest[0]) ? [...rest, first].join("-") : undefined;
    return refused(`"${text}" begins with a digit`, turned ?? `${kind}-${joined}`);
  }
  if (joined.length > longestName) {
    const shorter = joined.slice(0, longestName).replace(/-[^-]*$/, "");
    return refused(`"${text}" is longer than the ${longestName} characters that all clients take`, shorter);
  }
  if (joined === "index") return refused(`index is the file that lists all ${kind}s`, `index-${kind}`);
  if (deviceName.test(joined))
    return refused(`${joined} is no name for a file on Windows`, `${joined}-${kind}`);
  if (reservedWords.has(namesOf(words, kind).exported)) {
    return refused(`"${joined}" is a reserved word of JavaScript`, `${joined}-item`);
  }
  return { ok: true, words };
}

/** @param spelling of the MCP name; by default that of the templates. */
export function namesOf(words: readonly string[], kind: AddedKind, spelling?: Spelling): AddedNames {
  const camel = spell(words, "camel");
  const text = words.join(" ");
  return {
    file: spell(words, "kebab"),
    exported: kind === "tool" ? camel : `${camel}${kind === "resource" ? "Resource" : "Prompt"}`,
    mcp: spell(words, spelling ?? (kind === "tool" ? "camel" : "kebab")),
    title: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
  };
}

/** The spelling of most names that have more than one word; undefined where none has. */
export function spellingOf(names: readonly string[]): Spelling | undefined {
  const counts = { camel: 0, snake: 0, kebab: 0 };
  for (const name of names) {
    if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(name)) counts.snake += 1;
    else if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(name)) counts.kebab += 1;
    else if (/^[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*$/.test(name)) counts.camel += 1;
  }
  const [best] = (["camel", "snake", "kebab"] as const).toSorted((a, b) => counts[b] - counts[a]);
  return best !== undefined && counts[best] > 0 ? best : undefined;
}

function spell(words: readonly string[], spelling: Spelling): string {
  if (spelling !== "camel") return words.join(spelling === "snake" ? "_" : "-");
  return words
    .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join("");
}

function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[ _-]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** Letters without their accents, and a space for everything else. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9]+/g, " ");
}

/** Turns whatever was thrown into what the supervisor can show. */
import { dirname, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import type { ErrorReport, RelatedError } from "./messages.ts";

/** Our own code in this process has nothing to do with it. */
const ownFolder = dirname(fileURLToPath(import.meta.url));
const ownPlaces = [ownFolder + sep, `${pathToFileURL(ownFolder).href}/`];
/** An error with more is shown without the rest. */
const mostRelated = 8;
const longestValue = 200;
const oneLine = { depth: 2, breakLength: Infinity } as const;

export function errorReport(thrown: unknown): ErrorReport {
  if (!isError(thrown)) return { name: "Error", message: valueText(thrown) };
  // Some packages put an object there.
  if (typeof thrown.message !== "string") return { name: thrown.name, message: inspect(thrown.message) };
  const compiled = compilerReport(thrown);
  if (compiled !== undefined) return compiled;
  const related = relatedTo(thrown);
  return {
    name: thrown.name,
    message: thrown.message,
    ...(thrown.stack === undefined ? {} : { stack: withoutOwnFrames(thrown.stack) }),
    ...(related.length === 0 ? {} : { related }),
  };
}

/** Errors of another realm, such as those of a `vm`, are errors too. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
}

function valueText(thrown: unknown): string {
  const isText = typeof thrown === "string" && thrown !== "";
  return `${isText ? shortened(thrown) : shown(thrown)} (not an Error, so where is not known)`;
}

/** What cannot be looked at is shown as what it is. */
function shown(value: unknown): string {
  try {
    return shortened(inspect(value, oneLine));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function withoutOwnFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => !ownPlaces.some((place) => line.includes(place)))
    .join("\n");
}

/** What caused it, what caused that, and the parts of an AggregateError, each once. */
function relatedTo(error: Error): RelatedError[] {
  const found: RelatedError[] = [];
  const seen = new Set<unknown>([error]);
  const visit = (from: Error): void => {
    const parts = from instanceof AggregateError ? (from.errors as unknown[]) : [];
    for (const part of parts) add("part", part);
    if (from.cause !== undefined) add("cause", from.cause);
  };
  const add = (relation: RelatedError["relation"], thrown: unknown): void => {
    if (seen.has(thrown) || found.length >= mostRelated) return;
    seen.add(thrown);
    if (!isError(thrown)) {
      found.push({ relation, name: "Error", message: shown(thrown) });
      return;
    }
    const { name, message, stack } = thrown;
    found.push({
      relation,
      name,
      message,
      ...(stack === undefined ? {} : { stack: withoutOwnFrames(stack) }),
    });
    visit(thrown);
  };
  visit(error);
  return found;
}

/**
 * esbuild, which tsx compiles with, throws `errors: [{ text, location: { file, line, column, lineText } }]`. Of one that
 * came from the loader's thread only the message is left, with a line such as `/a.ts:1:2: ERROR: text`. Columns count
 * from 0, and the frames are the compiler's own.
 */
function compilerReport(error: Error): ErrorReport | undefined {
  const errors = "errors" in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  const found = [...errors.map(structuredProblem), ...error.message.split("\n").map(printedProblem)];
  const [first] = found.filter((problem) => problem !== undefined);
  if (first === undefined) return undefined;
  const more = Math.max(errors.length, Number(/ with (\d+) errors/.exec(error.message)?.[1] ?? 1)) - 1;
  const message = more === 0 ? first.text : `${first.text} (and ${more} more)`;
  return { name: "SyntaxError", message, location: first.location };
}

type Problem = { readonly text: string; readonly location: NonNullable<ErrorReport["location"]> };

function structuredProblem(problem: unknown): Problem | undefined {
  if (typeof problem !== "object" || problem === null) return undefined;
  const { text, location: place } = problem as Record<string, unknown>;
  if (typeof place !== "object" || place === null) return undefined;
  const { file, line, column, lineText } = place as Record<string, unknown>;
  if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return undefined;
  const location = { file, line, column, ...(typeof lineText === "string" ? { lineText } : {}) };
  return { text: typeof text === "string" ? text : "it does not compile", location };
}

function printedProblem(line: string): Problem | undefined {
  const [, file, row, column, text] = /^(.+?):(\d+):(\d+): ERROR: (.+)$/.exec(line) ?? [];
  if (file === undefined || text === undefined) return undefined;
  return { text, location: { file, line: Number(row), column: Number(column) } };
}

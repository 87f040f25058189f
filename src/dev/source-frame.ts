/** The lines around the place where an error was thrown, as compilers show them. */
import { readFileSync } from "node:fs";
import { dirname, extname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorReport } from "../child/messages.ts";

export type SourceFrame = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Numbered lines with the place marked; absent when the file cannot be read. */
  readonly frame?: string;
};

const linesAround = 2;
/** Node names the file that imports what is not there, but not the line. */
const missing = /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/m;
const quoted = /(["'`])([^"'`]+)\1/g;

/** @param project what relative paths of a compiler are relative to. */
export function sourceFrame(error: ErrorReport, project: string): SourceFrame | undefined {
  const place = locate(error);
  if (place === undefined) return undefined;
  const file = isAbsolute(place.file) ? place.file : resolve(project, place.file);
  const frame = draw(file, place.line, place.column);
  return { ...place, file, ...(frame === undefined ? {} : { frame }) };
}

/** `message (src/server.ts:12:3)`, for those who see one line. */
export function placedMessage(error: ErrorReport, project: string): string {
  const place = sourceFrame(error, project);
  if (place === undefined) return error.message;
  const inProject = relative(project, place.file);
  const file = inProject.startsWith("..") ? place.file : inProject;
  return `${error.message} (${file}:${place.line}:${place.column})`;
}

function locate({ location, message, stack }: ErrorReport): SourceFrame | undefined {
  if (location !== undefined)
    return { file: location.file, line: location.line, column: location.column + 1 };
  const [, wanted, importer] = missing.exec(message) ?? [];
  if (wanted !== undefined && importer !== undefined)
    return importPlace(wanted, importer.startsWith("file:") ? fileURLToPath(importer) : importer);
  // esbuild's message (`file:line:column: ERROR: …`), Node's syntax error (`file:line` on the first line), a stack's frames.
  for (const line of [...message.split("\n"), ...(stack ?? "").split("\n")]) {
    const match = /(?:^|[\s(])((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^():]*):(\d+)(?::(\d+))?/.exec(line);
    if (match?.[1] === undefined || /[\\/]node_modules[\\/]|create-fastmcp[\\/]dist/.test(match[1])) continue;
    const file = match[1].startsWith("file:") ? fileURLToPath(match[1]) : match[1];
    return { file, line: Number(match[2]), column: Number(match[3] ?? 1) };
  }
  return undefined;
}

/** Where a file names what it imports. */
function importPlace(wanted: string, file: string): SourceFrame | undefined {
  const stem = (path: string): string => path.slice(0, path.length - extname(path).length);
  const names = (specifier: string): boolean =>
    specifier.startsWith(".")
      ? stem(resolve(dirname(file), specifier)) === stem(wanted)
      : specifier === wanted || specifier.startsWith(`${wanted}/`);
  for (const [index, text] of (linesOf(file) ?? []).entries()) {
    for (const match of text.matchAll(quoted)) {
      if (names(match[2] ?? "")) return { file, line: index + 1, column: match.index + 1 };
    }
  }
  return undefined;
}

function draw(file: string, line: number, column: number): string | undefined {
  const lines = linesOf(file);
  if (lines === undefined) return undefined;
  const first = Math.max(1, line - linesAround);
  const last = Math.min(lines.length, line + linesAround);
  const width = String(last).length;
  const drawn: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? ">" : " ";
    drawn.push(`${mark} ${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`);
    if (number === line) drawn.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1))}^`);
  }
  return drawn.join("\n");
}

/** Undefined if the file cannot be read. */
function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    return undefined;
  }
}

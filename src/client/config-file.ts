/** Merges one server into a client's configuration file; comments, order and everything else there stay as they are. */
import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CliError } from "../cli-error.ts";
import { isObject } from "../terminal/foreign.ts";

export type Merge = {
  readonly file: string;
  readonly key: string;
  readonly name: string;
  readonly entry: object;
  /** Replace an entry of that name that says something else. */
  readonly force: boolean;
};

const byteOrderMark = "\uFEFF";
const readOptions = { allowTrailingComma: true };

/** @throws CliError for a file that cannot be read as JSON with comments, and for another entry of that name. */
export function mergeIntoFile(merge: Merge): "written" | "unchanged" {
  const merged = mergedText(readIfThere(merge.file) ?? "", merge);
  if (merged === undefined) return "unchanged";
  write(merge.file, merged);
  return "written";
}

/**
 * What the file is to say that says `read`; undefined where it has the entry already.
 * @throws CliError as `mergeIntoFile` does.
 */
export function mergedText(read: string, { file, key, name, entry, force }: Merge): string | undefined {
  // Some editors on Windows begin a file with a mark, which is no part of the JSON, and stays.
  const mark = read.startsWith(byteOrderMark) ? byteOrderMark : "";
  const text = read.slice(mark.length);
  const merged = text.trim() === "" ? fresh(key, name, entry) : edited(text);
  return merged === undefined ? undefined : mark + merged;

  function edited(source: string): string | undefined {
    const servers = serversIn(source, file, key);
    const known = servers[name];
    if (isDeepStrictEqual(known, entry)) return undefined;
    if (known !== undefined && !force) {
      throw new CliError(`${file} has another "${name}" already`, {
        hint: "--force replaces it, --name <name> adds this one beside it",
      });
    }
    const root = parseTree(source, [], readOptions);
    const holder = root === undefined ? undefined : findNodeAtLocation(root, [key]);
    if (holder?.type === "null") {
      const empty = source.slice(0, holder.offset) + "{}" + source.slice(holder.offset + holder.length);
      return withFirst(empty, { ...holder, type: "object" }, name, entry);
    }
    if (known === undefined && holder !== undefined) return withFirst(source, holder, name, entry);
    if (holder === undefined && root !== undefined) return withFirst(source, root, key, { [name]: entry });
    return applyEdits(source, modify(source, [key, name], entry, { formattingOptions: formatOf(source) }));
  }
}

function serversIn(text: string, file: string, key: string): Readonly<Record<string, unknown>> {
  const errors: ParseError[] = [];
  const config: unknown = parse(text, errors, readOptions);
  const [problem] = errors;
  if (problem !== undefined) {
    const before = text.slice(0, problem.offset).split(/\r?\n/);
    const place = `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
    const code = printParseErrorCode(problem.error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`);
    throw new CliError(`${place} is not valid JSON: ${code.toLowerCase()}`, {
      hint: "mend it first; nothing was written",
    });
  }
  const servers = isObject(config) ? (config[key] ?? {}) : undefined;
  if (isObject(servers)) return servers;
  throw new CliError(`${file} is not of the form { "${key}": { … } }`, {
    hint: "nothing was written",
  });
}

/**
 * Puts a property before all others of an object. Behind the last one there may be a comma, a comment, or both, and an
 * editor that goes there moves them.
 */
function withFirst(text: string, object: Node, key: string, value: object): string {
  const { insertSpaces, tabSize, eol } = formatOf(text);
  const unit = insertSpaces ? " ".repeat(tabSize) : "\t";
  const start = object.offset + 1;
  const lineStart = text.lastIndexOf("\n", object.offset) + 1;
  const outer = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const json = JSON.stringify({ [key]: value }, undefined, unit)
    .split("\n")
    .slice(1, -1);
  const added = json.map((line) => `${eol}${outer}${line}`).join("");
  const rest = text.slice(start);
  const isEmpty = (object.children ?? []).length === 0;
  // What follows on the same line moves to one of its own.
  const tail = /^[ \t]*(?=\S)(?!\/\/)/.exec(rest);
  const gap = tail === null ? rest : `${eol}${outer}${isEmpty ? "" : unit}${rest.slice(tail[0].length)}`;
  return `${text.slice(0, start)}${added}${isEmpty ? "" : ","}${gap}`;
}

function fresh(key: string, name: string, entry: object): string {
  return `${JSON.stringify({ [key]: { [name]: entry } }, undefined, 2)}\n`;
}

/** As the file has it. */
function formatOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  return {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 1 : indent.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw cannot("read", file, error);
  }
}

/** Beside it and then in its place: a client that reads meanwhile sees the old or the new one. A link stays a link. */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const stats = statSync(file, { throwIfNoEntry: false });
    const target = stats === undefined ? file : realpathSync(file);
    const unfinished = `${target}.${process.pid}.new`;
    writeFileSync(unfinished, text, stats === undefined ? {} : { mode: stats.mode });
    // The mode of a new file is without what the umask takes.
    if (stats !== undefined) chmodSync(unfinished, stats.mode);
    renameSync(unfinished, target);
  } catch (error) {
    throw cannot("written", file, error);
  }
}

function cannot(what: "read" | "written", file: string, error: unknown): CliError {
  const why = error instanceof Error ? error.message : String(error);
  return new CliError(`${file} cannot be ${what}`, { hint: why, cause: error });
}

/** Lists the log files of a folder with what a reader has to know of each, and groups them into logs. */
import type { BigIntStats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { parseLogFileName } from "./log-file-name.ts";
import { errorCode } from "./open-log.ts";

export type FoundFile = {
  readonly path: string;
  readonly log: string;
  readonly part: number;
  readonly pid: number | undefined;
  readonly startedMs: number | undefined;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The same file under another name has the same. */
  readonly identity: string;
};

/** Which files of a folder belong to what is shown. */
export type Accepts = (fileName: string) => boolean;

/** Every `.jsonl` of a sessions folder. */
export const acceptsLogs: Accepts = (name) => parseLogFileName(name) !== undefined;

/** One file that was named, and those it is rotated to: `x.log`, `x.2.log`, `x.3.log`. */
export function acceptsPartsOf(path: string): Accepts {
  const [stem, firstPart] = stemAndPart(basename(path), extname(path));
  return (name) => {
    if (extname(name) !== extname(path)) return false;
    const [otherStem, part] = stemAndPart(name, extname(name));
    return otherStem === stem && part >= firstPart;
  };
}

/** The files of a folder, oldest log first, its parts in order; none if there is no such folder. */
export async function listLogFiles(folder: string, accepts: Accepts): Promise<FoundFile[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
  const files = await Promise.all(names.filter(accepts).map((name) => describeLogFile(join(folder, name))));
  return files.filter((file) => file !== undefined).sort(byLogAndPart);
}

/** `undefined` if it is gone, or no regular file. */
export async function describeLogFile(path: string): Promise<FoundFile | undefined> {
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
  if (!stats.isFile()) return undefined;
  const [stem, part] = stemAndPart(basename(path), extname(path));
  const name = parseLogFileName(basename(path));
  return {
    path,
    log: stem,
    part,
    pid: name?.pid,
    startedMs: name?.startedMs,
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    identity: identityOf(stats),
  };
}

export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** The parts of each log together. */
export function groupByLog(files: readonly FoundFile[]): FoundFile[][] {
  const logs = new Map<string, FoundFile[]>();
  for (const file of files) {
    const key = join(dirname(file.path), file.log);
    const parts = logs.get(key);
    if (parts === undefined) logs.set(key, [file]);
    else parts.push(file);
  }
  return [...logs.values()].map((parts) => parts.sort(byLogAndPart));
}

function byLogAndPart(a: FoundFile, b: FoundFile): number {
  if (a.log !== b.log)
    return (a.startedMs ?? a.modifiedMs) - (b.startedMs ?? b.modifiedMs) || (a.log < b.log ? -1 : 1);
  return a.part - b.part;
}

function stemAndPart(name: string, extension: string): [stem: string, part: number] {
  const whole = name.slice(0, name.length - extension.length);
  const [, stem = whole, part] = /^(.+?)(?:\.(\d{1,9}))?$/.exec(whole) ?? [];
  return [stem, part === undefined ? 1 : Number(part)];
}

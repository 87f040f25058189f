/** Removes old log files by count and age, never those of a living process. */
import { readdir, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { isAlive as isProcessAlive } from "./process-alive.ts";
import { parseLogFileName, type LogFileName } from "./log-file-name.ts";

export type RetentionOptions = {
  readonly directory: string;
  /** Our own log: its earlier parts count as old, its current file never. */
  readonly ownLog: string;
  readonly currentFile: string;
  /** Files that stay, the current one included. */
  readonly files: number;
  readonly ageDays: number;
  readonly nowMs?: number;
  readonly isAlive?: typeof isProcessAlive;
};

type OldFile = LogFileName & { readonly file: string };

const dayMs = 24 * 60 * 60 * 1000;

/** Never rejects: what cannot be removed stays. */
export async function removeOldLogs(options: RetentionOptions): Promise<void> {
  const { directory, ownLog, currentFile, nowMs = Date.now(), isAlive = isProcessAlive } = options;
  const names = await readdir(directory).catch(() => [] as string[]);
  const logs = names.flatMap((name): OldFile[] => {
    const parsed = parseLogFileName(name);
    return parsed?.pid === undefined ? [] : [{ ...parsed, file: path.join(directory, name) }];
  });
  logs.sort(byAge);

  let surplus = logs.length - options.files;
  for (const { log, pid = 0, startedMs, file } of logs) {
    if (file === currentFile) continue;
    const own = log === ownLog;
    // A log of our own id is of a process that had it before us.
    if (!own && pid !== process.pid && isAlive(pid, startedMs)) continue;
    const expired = !own && nowMs - (await modifiedMs(file, nowMs)) > options.ageDays * dayMs;
    if (surplus <= 0 && !expired) continue;
    const removed = await unlink(file).then(
      () => true,
      () => false,
    );
    if (removed) surplus -= 1;
  }
}

function byAge(a: OldFile, b: OldFile): number {
  return (
    (a.startedMs ?? 0) - (b.startedMs ?? 0) || (a.log < b.log ? -1 : a.log > b.log ? 1 : a.part - b.part)
  );
}

async function modifiedMs(file: string, otherwiseMs: number): Promise<number> {
  return stat(file).then(
    (stats) => stats.mtimeMs,
    () => otherwiseMs,
  );
}

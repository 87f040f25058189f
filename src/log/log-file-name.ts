/** The names of log files: `<start time>-<pid>.jsonl`, and `….2.jsonl` and so on when a log is rotated by size. */

export type LogFileName = {
  /** The same for all parts of one log; sorts by start time. */
  readonly log: string;
  /** Milliseconds since the epoch; `undefined` for a file that was named by someone else. */
  readonly startedMs: number | undefined;
  readonly pid: number | undefined;
  /** 1 for the first file of a log. */
  readonly part: number;
};

const extension = ".jsonl";

/** No colon, no second full stop: the name is a valid one on every system. */
export function logName(startedAt: Date, pid: number): string {
  return `${startedAt.toISOString().replace(/[:.]/g, "-")}-${pid}`;
}

export function partName(log: string, part: number): string {
  return part === 1 ? `${log}${extension}` : `${log}.${part}${extension}`;
}

/** `undefined` for what is not a log file. */
export function parseLogFileName(file: string): LogFileName | undefined {
  if (!file.endsWith(extension)) return undefined;
  const stem = file.slice(0, -extension.length);
  const [, log = stem, partText] = /^(.+?)(?:\.(\d{1,9}))?$/.exec(stem) ?? [];
  const part = partText === undefined ? 1 : Number(partText);
  const own = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)-(\d{1,10})$/.exec(log);
  if (own === null) return { log, startedMs: undefined, pid: undefined, part };
  const [, hour = "", minute = "", second = "", rest = "", pid = ""] = own;
  return { log, startedMs: Date.parse(`${hour}:${minute}:${second}.${rest}`), pid: Number(pid), part };
}

/** Finds the place of a moment in a log by halving, so that `--since` costs the same in any size of file. */
import type { FileHandle } from "node:fs/promises";
import { readAt } from "./blocks.ts";

/** Records are written in the order they were taken, which may differ by this much from the order in which they happened. */
const disorderMs = 5_000;
const newline = 0x0a;
const headBytes = 256;
const pageBytes = 64 * 1024;
/** The log starts each line with `v`, `seq`, `time`. */
const stamp = /^\{"v":\d+,"seq":\d+,"time":"([^"]+Z)"/;
/** So many lines without a time are looked at before the search goes on elsewhere. */
const patienceLines = 256;

/** The start of a line before which nothing happened at or after `momentMs`. */
export function offsetBefore(file: FileHandle, sizeBytes: number, momentMs: number): Promise<number> {
  return firstOffset(file, sizeBytes, momentMs - disorderMs, "late");
}

/** The start of a line (or the end) from which on nothing happened at or before `momentMs`. */
export function offsetAfter(file: FileHandle, sizeBytes: number, momentMs: number): Promise<number> {
  return firstOffset(file, sizeBytes, momentMs + disorderMs, "early");
}

/** The last halvings, and the many small looks of each, are all at one part of the file: it is read once. */
class Pages {
  readonly #file: FileHandle;
  #start = 0;
  #page: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Fewer bytes only at the end of the file. */
  async read(offset: number, sizeBytes: number): Promise<Buffer> {
    const end = this.#start + this.#page.length;
    if (offset < this.#start || offset + sizeBytes > end) {
      this.#start = Math.max(0, offset - pageBytes / 2);
      this.#page = await readAt(
        this.#file,
        this.#start,
        offset - this.#start + Math.max(sizeBytes, pageBytes / 2),
      );
    }
    return this.#page.subarray(offset - this.#start, offset - this.#start + sizeBytes);
  }
}

/** @param untimed what lines without a time count as: whatever shows more. */
async function firstOffset(
  file: FileHandle,
  sizeBytes: number,
  timeMs: number,
  untimed: "early" | "late",
): Promise<number> {
  const pages = new Pages(file);
  let low = 0;
  let high = sizeBytes;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const found = await firstTimed(pages, middle, high);
    const early = found.timeMs === undefined ? untimed === "early" : found.timeMs < timeMs;
    if (early) low = found.start + 1;
    else high = middle;
  }
  return nextLineStart(pages, low, sizeBytes);
}

/** The first line that starts in [offset, end) and says its time, or where the search for it ended. */
async function firstTimed(
  pages: Pages,
  offset: number,
  end: number,
): Promise<{ readonly timeMs: number | undefined; readonly start: number }> {
  let start = await nextLineStart(pages, offset, end);
  for (let line = 0; start < end && line < patienceLines; line += 1) {
    const timeMs = await timeAt(pages, start);
    if (!Number.isNaN(timeMs)) return { timeMs, start };
    start = await nextLineStart(pages, start + 1, end);
  }
  return { timeMs: undefined, start };
}

async function timeAt(pages: Pages, lineStart: number): Promise<number> {
  const head = await pages.read(lineStart, headBytes);
  return Date.parse(stamp.exec(head.toString("latin1"))?.[1] ?? "");
}

/** The first start of a line at or after `offset`; `end` if there is none before it. */
async function nextLineStart(pages: Pages, offset: number, end: number): Promise<number> {
  if (offset === 0) return 0;
  let chunkBytes = 4096;
  for (let at = offset - 1; at < end;) {
    const chunk = await pages.read(at, Math.min(chunkBytes, end - at));
    const found = chunk.indexOf(newline);
    if (found !== -1) return at + found + 1;
    if (chunk.length === 0) break;
    at += chunk.length;
    chunkBytes = Math.min(chunkBytes * 4, 1024 * 1024);
  }
  return end;
}

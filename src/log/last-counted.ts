/** The last entries of a list, as many as count, with the requests of the answers among them. */
import type { Entry } from "./decode.ts";
import { callKey } from "./open-calls.ts";

type Counts = (entry: Entry) => boolean;

/** @param counts those that are counted; the others between them come along. All, and nothing else, if omitted. */
export function lastCounted(
  entries: readonly Entry[],
  lines: number,
  counts: Counts | undefined,
): readonly Entry[] {
  if (counts === undefined) return lines === 0 ? [] : entries.slice(-lines);
  const start = startOfLast(entries, lines, counts);
  const shown = entries.slice(start);
  return [...new MissingRequests(shown, counts).takeFrom(entries.slice(0, start)), ...shown];
}

/** Where they begin. */
function startOfLast(entries: readonly Entry[], lines: number, counts: Counts): number {
  let left = lines;
  let start = entries.length;
  for (; start > 0 && left > 0; start -= 1) {
    const entry = entries[start - 1];
    if (entry !== undefined && counts(entry)) left -= 1;
  }
  return start;
}

/** Requests that belong to shown answers, and are somewhere before them. */
class MissingRequests {
  readonly #keys = new Set<string>();
  readonly #counts: Counts;

  constructor(shown: readonly Entry[], counts: Counts) {
    this.#counts = counts;
    for (const entry of shown.toReversed()) {
      if (entry.type !== "record") continue;
      if (entry.record.kind === "response") this.#keys.add(callKey(entry.log, entry.record));
      if (entry.record.kind === "request") this.#keys.delete(callKey(entry.log, entry.record));
    }
  }

  get count(): number {
    return this.#keys.size;
  }

  /** Those that are among these, in order. */
  takeFrom(before: readonly Entry[]): Entry[] {
    const requests: Entry[] = [];
    for (let at = before.length - 1; at >= 0 && this.#keys.size > 0; at -= 1) {
      const entry = before[at];
      // Where a request counts, it is one of those that were asked for itself.
      if (entry?.type !== "record" || entry.record.kind !== "request" || this.#counts(entry)) continue;
      if (this.#keys.delete(callKey(entry.log, entry.record))) requests.unshift(entry);
    }
    return requests;
  }
}

/** How many blocks are read on for requests whose answers are shown. */
const mostExtraBlocks = 3;

/** The same for a file that is read from its end, block by block. */
export class LastEntries {
  readonly #counts: Counts | undefined;
  readonly #batches: (readonly Entry[])[] = [];
  #left: number;
  #missing: MissingRequests | undefined;
  #extraBlocks = 0;

  constructor(lines: number, counts: Counts | undefined) {
    this.#left = lines;
    this.#counts = counts;
  }

  /** Nothing is wanted of what is before. */
  isComplete(): boolean {
    if (this.#left > 0) return false;
    return (this.#missing?.count ?? 0) === 0 || this.#extraBlocks > mostExtraBlocks;
  }

  addBefore(entries: readonly Entry[]): void {
    const counts = this.#counts;
    if (counts === undefined) {
      this.#keep(lastCounted(entries, this.#left, counts), entries.length);
      return;
    }
    const start = this.#left > 0 ? startOfLast(entries, this.#left, counts) : entries.length;
    const shown = entries.slice(start);
    this.#keep(shown, shown.filter(counts).length);
    if (this.#left > 0) return;
    this.#missing ??= new MissingRequests(this.entries(), counts);
    this.#extraBlocks += 1;
    this.#batches.push(this.#missing.takeFrom(entries.slice(0, start)).map(held));
  }

  entries(): Entry[] {
    return this.#batches.toReversed().flat();
  }

  #keep(entries: readonly Entry[], counted: number): void {
    this.#left -= counted;
    this.#batches.push(entries.map(held));
  }
}

/** A copy: the few that are kept must not hold the whole block in memory. */
export function held(entry: Entry): Entry {
  return { ...entry, bytes: Buffer.from(entry.bytes) };
}

/** Brings along what was asked, where a filter lets an answer through and not its request: what fails is seen with its arguments. */
import type { Block } from "./blocks.ts";
import type { Entry } from "./decode.ts";
import { everything, type Filter } from "./filter.ts";
import { held } from "./last-counted.ts";
import { callKey, OpenCalls } from "./open-calls.ts";
import { entriesOf, type ScanOptions } from "./scan.ts";

type RecordEntry = Extract<Entry, { readonly type: "record" }>;

const requestsOnly: Filter = {
  passes: (entry) => entry.type === "record" && entry.record.kind === "request",
  anyOf: [Buffer.from('"kind":"request"')],
};

const nothing: Filter = { passes: () => false, anyOf: [] };

/** So many blocks are looked at for the request of an answer. */
const mostBlocks = 4;

/** For blocks that are read one by one, the last one first: the entries that pass, before them what was asked. */
export class AskedBackward {
  /** By call: the numbers of the answers whose requests have not been met. */
  readonly #answered = new Map<string, readonly number[]>();
  #blocksSince = 0;

  entriesOf(blocks: readonly Block[], options: ScanOptions): Entry[] {
    const found = entriesOf(blocks, options);
    for (const entry of found) {
      if (entry.type !== "record" || entry.record.kind !== "response") continue;
      const key = callKey(entry.log, entry.record);
      this.#answered.set(key, [...(this.#answered.get(key) ?? []), entry.record.seq]);
      this.#blocksSince = 0;
    }
    if (this.#answered.size === 0) return found;
    const asked = this.#take(entriesOf(blocks, { ...options, filter: requestsOnly }));
    this.#blocksSince += 1;
    if (this.#blocksSince >= mostBlocks) this.#answered.clear();
    return inOrder(asked, found);
  }

  #take(requests: readonly Entry[]): RecordEntry[] {
    const asked: RecordEntry[] = [];
    for (const entry of requests.toReversed()) {
      if (entry.type !== "record" || entry.record.kind !== "request") continue;
      const { record } = entry;
      const key = callKey(entry.log, record);
      const answers = this.#answered.get(key) ?? [];
      // An id may be used again: the last one before the answer is meant.
      const others = answers.filter((seq) => seq < record.seq);
      if (others.length === answers.length) continue;
      if (others.length === 0) this.#answered.delete(key);
      else this.#answered.set(key, others);
      asked.unshift(entry);
    }
    return asked;
  }
}

function inOrder(asked: readonly RecordEntry[], found: readonly Entry[]): Entry[] {
  const left = [...asked];
  const merged = found.flatMap<Entry>((entry) => {
    if (entry.type !== "record") return [entry];
    const later = left.findIndex(({ record }) => record.seq > entry.record.seq);
    return [...left.splice(0, later === -1 ? left.length : later), entry];
  });
  return [...merged, ...left];
}

/** So many requests are remembered. */
const mostOpen = 1000;

/** The same for entries in their order, where an answer may come long after its request. */
export class AskedMemory {
  readonly #open = new OpenCalls<Entry>(mostOpen);

  /** Of what was before, the requests that have no answer yet. */
  learn(past: readonly Block[], log: string): void {
    this.entriesOf(past, { log, filter: nothing });
  }

  entriesOf(blocks: readonly Block[], { filter, ...options }: ScanOptions): Entry[] {
    return entriesOf(blocks, { ...options, filter: everything }).flatMap((entry) => {
      const passes = filter.passes(entry);
      if (entry.type === "record" && entry.record.kind === "request" && !passes) {
        this.#open.add(entry.log, entry.record, held(entry));
        return [];
      }
      if (entry.type !== "record" || entry.record.kind !== "response") return passes ? [entry] : [];
      const asked = this.#open.take(entry.log, entry.record);
      return passes ? [...(asked === undefined ? [] : [asked]), entry] : [];
    });
  }
}

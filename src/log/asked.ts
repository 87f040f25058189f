/** Brings along what was asked, where a filter lets an answer through and not its request: what fails is seen with its arguments. */
import type { Block } from "./blocks.ts";
import type { Entry } from "./decode.ts";
import { everything, type Filter } from "./filter.ts";
import { callKey, OpenCalls } from "./open-calls.ts";
import { entriesOf, type ScanOptions } from "./scan.ts";

const requestsOnly: Filter = {
  passes: (entry) => entry.type === "record" && entry.record.kind === "request",
  anyOf: [Buffer.from('"kind":"request"')],
};

/** So many blocks are looked at for the request of an answer. */
const mostBlocks = 4;

/** For blocks that are read one by one, the last one first: the entries that pass, before them what was asked. */
export class AskedBackward {
  /** By call: the number of the answer whose request has not been met. */
  readonly #answered = new Map<string, number>();
  #blocksSince = 0;

  entriesOf(blocks: readonly Block[], options: ScanOptions): Entry[] {
    const found = entriesOf(blocks, options);
    for (const entry of found) {
      if (entry.type !== "record" || entry.record.kind !== "response") continue;
      this.#answered.set(callKey(entry.log, entry.record), entry.record.seq);
      this.#blocksSince = 0;
    }
    if (this.#answered.size === 0) return found;
    const asked = this.#take(entriesOf(blocks, { ...options, filter: requestsOnly }));
    this.#blocksSince += 1;
    if (this.#blocksSince >= mostBlocks) this.#answered.clear();
    return [...asked, ...found];
  }

  #take(requests: readonly Entry[]): Entry[] {
    const asked: Entry[] = [];
    for (const entry of requests.toReversed()) {
      if (entry.type !== "record" || entry.record.kind !== "request") continue;
      const key = callKey(entry.log, entry.record);
      // An id may be used again: the last one before the answer is meant.
      if (entry.record.seq < (this.#answered.get(key) ?? 0) && this.#answered.delete(key))
        asked.unshift(entry);
    }
    return asked;
  }
}

/** So many requests are remembered. */
const mostOpen = 1000;

/** The same for entries in their order, where an answer may come long after its request. */
export class AskedMemory {
  readonly #open = new OpenCalls<Entry>(mostOpen);

  entriesOf(blocks: readonly Block[], { filter, ...options }: ScanOptions): Entry[] {
    return entriesOf(blocks, { ...options, filter: everything }).flatMap((entry) => {
      const passes = filter.passes(entry);
      if (entry.type === "record" && entry.record.kind === "request" && !passes) {
        this.#open.add(entry.log, entry.record, entry);
        return [];
      }
      if (entry.type !== "record" || entry.record.kind !== "response") return passes ? [entry] : [];
      const asked = this.#open.take(entry.log, entry.record);
      return passes ? [...(asked === undefined ? [] : [asked]), entry] : [];
    });
  }
}

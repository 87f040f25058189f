/** Reads what is in the logs already: the last n records from the end, or all from the beginning. */
import type { FileHandle } from "node:fs/promises";
import { AskedBackward, AskedMemory } from "./asked.ts";
import { blocksBackward, blocksForward } from "./blocks.ts";
import type { Entry } from "./decode.ts";
import type { Filter } from "./filter.ts";
import { offsetAfter, offsetBefore } from "./find-time.ts";
import { held, lastCounted, LastEntries } from "./last-counted.ts";
import { mergeByTime } from "./merge.ts";
import { openUnlessGone } from "./open-log.ts";
import { entriesOf } from "./scan.ts";

/** A file up to where it counts as history. */
export type Extent = {
  readonly path: string;
  readonly log: string;
  /** At the start of a line; 0 if omitted. */
  readonly startOffset?: number;
  readonly endOffset: number;
};

export type HistoryOptions = {
  readonly filter: Filter;
  /** Which entries count as one of the lines that were asked for; the others come along. All, if omitted. */
  readonly counts?: (entry: Entry) => boolean;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** The bodies of messages are not looked at. */
  readonly headsOnly?: boolean;
  /** The requests of answers that pass come along. */
  readonly withAsked?: boolean | undefined;
  readonly chunkBytes?: number;
};

/**
 * @param logs each with its files in order.
 * @param lines how many that pass the filter.
 */
export async function* history(
  logs: readonly (readonly Extent[])[],
  lines: number | "all",
  options: HistoryOptions,
): AsyncGenerator<readonly Entry[]> {
  if (lines === "all") {
    yield* mergeByTime(logs.map((log) => forward(log, options)));
    return;
  }
  const tails = await Promise.all(logs.map((log) => lastOf(log, lines, options)));
  const merged: Entry[] = [];
  for await (const batch of mergeByTime(tails.map((tail) => once(tail)))) {
    for (const entry of batch) merged.push(entry);
  }
  yield lastCounted(merged, lines, options.counts);
}

async function* forward(log: readonly Extent[], options: HistoryOptions): AsyncGenerator<readonly Entry[]> {
  const memory = options.withAsked === true ? new AskedMemory() : undefined;
  const read = memory?.entriesOf.bind(memory) ?? entriesOf;
  for (const extent of log) {
    const file = await openUnlessGone(extent.path);
    if (file === undefined) continue;
    try {
      const range = await rangeOf(file, extent, options);
      for await (const blocks of blocksForward(file, range))
        yield read(blocks, { log: extent.log, filter: options.filter, headsOnly: options.headsOnly });
    } finally {
      await file.close();
    }
  }
}

async function lastOf(log: readonly Extent[], lines: number, options: HistoryOptions): Promise<Entry[]> {
  const last = new LastEntries(lines, options.counts);
  const asked = options.withAsked === true ? new AskedBackward() : undefined;
  const read = asked?.entriesOf.bind(asked) ?? entriesOf;
  const seen: Extent[] = [];
  for (const extent of log.toReversed()) {
    if (last.isComplete()) break;
    const file = await openUnlessGone(extent.path);
    if (file === undefined) continue;
    try {
      const range = await rangeOf(file, extent, options);
      let startOffset = range.endOffset;
      for await (const blocks of blocksBackward(file, range)) {
        for (const block of blocks)
          startOffset -= block.type === "lines" ? block.bytes.length : block.sizeBytes;
        const { filter, headsOnly } = options;
        last.addBefore(read(blocks, { log: extent.log, filter, headsOnly }));
        if (last.isComplete()) break;
      }
      seen.unshift({ ...extent, startOffset, endOffset: range.endOffset });
    } finally {
      await file.close();
    }
  }
  const filter = options.filter.fresh?.();
  return filter === undefined ? last.entries() : forwardAgain(seen, lines, { ...options, filter });
}

/** What passes because of something before it is only found in the order in which it was written. */
async function forwardAgain(
  extents: readonly Extent[],
  lines: number,
  { filter, withAsked, counts }: HistoryOptions,
): Promise<Entry[]> {
  let entries: readonly Entry[] = [];
  for await (const more of forward(extents, { filter, withAsked })) {
    entries = lastCounted([...entries, ...more.map(held)], lines, counts);
  }
  return [...entries];
}

async function rangeOf(
  file: FileHandle,
  { startOffset = 0, endOffset }: Extent,
  { sinceMs, untilMs, chunkBytes }: HistoryOptions,
): Promise<{ startOffset: number; endOffset: number; chunkBytes?: number }> {
  return {
    startOffset: sinceMs === undefined ? startOffset : await offsetBefore(file, endOffset, sinceMs),
    endOffset: untilMs === undefined ? endOffset : await offsetAfter(file, endOffset, untilMs),
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what the merge takes
async function* once(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  yield entries;
}

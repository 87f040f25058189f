import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksBackward, blocksForward, type Block } from "../../../src/log/blocks.ts";
import type { Entry } from "../../../src/log/decode.ts";
import { everything, filterFor } from "../../../src/log/filter.ts";
import { offsetAfter, offsetBefore } from "../../../src/log/find-time.ts";
import { history, type HistoryOptions } from "../../../src/log/history.ts";
import { entriesOf } from "../../../src/log/scan.ts";
import { contents, line, lines, scratchFolder, startMs, withFile } from "./log-samples.ts";

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ folder, remove } = await scratchFolder()));
afterAll(() => remove());

const brief = (entry: Entry): string =>
  entry.type === "unreadable" ? `${entry.reason} ${entry.sizeBytes}` : entry.bytes.toString("latin1");
const scan = { log: "log", filter: everything, limitBytes: 60 };
const seqs = (entries: readonly Entry[]): number[] =>
  entries.flatMap((entry) => (entry.type === "record" ? [entry.record.seq] : []));

async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe("blocks", () => {
  test("backwards gives the same lines as forwards, at any size of chunk, with lines that are too long", async () => {
    const path = join(folder, "blocks");
    const chunks = fc.integer({ min: 1, max: 200 });
    const property = fc.asyncProperty(contents, chunks, chunks, fc.nat(), async (bytes, one, other, from) => {
      const startOffset = bytes.length === 0 ? 0 : bytes.lastIndexOf(10, from % bytes.length) + 1;
      const range = { startOffset, endOffset: bytes.length, maxLineBytes: scan.limitBytes };
      const [forward, backward] = await withFile(path, bytes, (file) =>
        Promise.all([
          collect(blocksForward(file, { ...range, chunkBytes: one })),
          collect(blocksBackward(file, { ...range, chunkBytes: other })),
        ]),
      );
      const briefs = (blocks: Block[][]): string[] => entriesOf(blocks.flat(), scan).map(brief);
      const whole: Block = { type: "lines", bytes: bytes.subarray(startOffset) };
      expect(briefs(forward)).toEqual(briefs([[whole]]));
      expect(briefs(backward.reverse())).toEqual(briefs([[whole]]));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("holds only the beginning of a line that is too long", async () => {
    const bytes = Buffer.concat([Buffer.alloc(5000, "x"), Buffer.from("\nend\n")]);
    const blocks = await withFile(join(folder, "long"), bytes, (file) =>
      collect(
        blocksForward(file, { startOffset: 0, endOffset: bytes.length, chunkBytes: 100, maxLineBytes: 1000 }),
      ),
    );
    expect(blocks.flat()[0]).toEqual({ type: "too long", head: Buffer.alloc(256, "x"), sizeBytes: 5001 });
  });
});

describe("history", () => {
  const read = async (
    files: Record<string, string>,
    count: number | "all",
    options: Partial<HistoryOptions> = {},
  ): Promise<Entry[]> => {
    const logs = new Map<string, { path: string; log: string; endOffset: number }[]>();
    for (const [name, text] of Object.entries(files)) {
      const [log = ""] = name.split(".");
      const path = join(folder, name);
      await writeFile(path, text);
      logs.set(log, [...(logs.get(log) ?? []), { path, log, endOffset: Buffer.byteLength(text) }]);
    }
    return (await collect(history([...logs.values()], count, { filter: everything, ...options }))).flat();
  };

  test("the last n of one log, across its files", async () => {
    const files = { "a.jsonl": lines(1, 4), "a.2.jsonl": lines(5, 6) };
    expect(seqs(await read(files, 3))).toEqual([4, 5, 6]);
    expect(seqs(await read(files, 100))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seqs(await read(files, 0))).toEqual([]);
  });

  test("all of several logs, merged by time, each in its own order", async () => {
    const odd = [1, 3, 2, 7].map((seq) => `${line(seq)}\n`).join("");
    const even = [4, 5, 9].map((seq) => `${line(seq)}\n`).join("");
    expect(seqs(await read({ "a.jsonl": odd, "b.jsonl": even }, "all"))).toEqual([1, 3, 2, 4, 5, 7, 9]);
    expect(seqs(await read({ "a.jsonl": odd, "b.jsonl": even }, 3))).toEqual([5, 7, 9]);
  });

  test("the last n are those at the end of all, with any filter", async () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        numbers,
        numbers,
        fc.nat(20),
        fc.integer({ min: 1, max: 300 }),
        async (a, b, count, chunkBytes) => {
          const text = (all: number[]): string =>
            all.map((seq) => `${line(seq, seq % 3 === 0 ? { "error.type": "-32603" } : {})}\n`).join("");
          const options = { filter: filterFor({ errors: true }), chunkBytes };
          const sorted = (list: number[]): number[] => list.toSorted((x, y) => x - y);
          const files = { "a.jsonl": text(sorted(a)), "b.jsonl": text(sorted(b)) };
          const wanted = sorted([...a, ...b]).filter((seq) => seq % 3 === 0);
          expect(seqs(await read(files, "all", options))).toEqual(wanted);
          expect(seqs(await read(files, count, options))).toEqual(count === 0 ? [] : wanted.slice(-count));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("what does not count comes along", async () => {
    const text = [1, 2, 3, 4]
      .map((seq) => `${line(seq, seq % 2 === 1 ? { stream: "stdout" } : {})}\n`)
      .join("");
    const counts = (entry: Entry): boolean =>
      entry.type === "record" && entry.record.kind === "output" && entry.record.stream === "stderr";
    expect(seqs(await read({ "a.jsonl": text }, 1, { counts }))).toEqual([4]);
    expect(seqs(await read({ "a.jsonl": text }, 2, { counts }))).toEqual([2, 3, 4]);
  });

  test("a file that was removed meanwhile is passed over", async () => {
    const gone = { path: join(folder, "gone.jsonl"), log: "gone", endOffset: 10 };
    expect((await collect(history([[gone]], "all", { filter: everything }))).flat()).toEqual([]);
    expect((await collect(history([[gone]], 5, { filter: everything }))).flat()).toEqual([]);
  });

  test("since and until give what reading everything gives", async () => {
    const parts = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant("rubbish")), {
      maxLength: 60,
    });
    const moment = fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(parts, moment, moment, async (some, since, until) => {
        const numbers = some.filter((part) => part !== "rubbish").toSorted((a, b) => a - b);
        let next = 0;
        const text = some
          .map((part) => `${part === "rubbish" ? part : line(numbers[next++] ?? 0)}\n`)
          .join("");
        const bounds = {
          ...(since === undefined ? {} : { sinceMs: startMs + since * 1000 }),
          ...(until === undefined ? {} : { untilMs: startMs + until * 1000 }),
        };
        const entries = await read({ "a.jsonl": text }, "all", { filter: filterFor(bounds), ...bounds });
        expect(seqs(entries)).toEqual(numbers.filter((seq) => seq >= (since ?? 0) && seq <= (until ?? 999)));
      }),
      { numRuns: 200 },
    );
  });

  test("since and until find the place without reading the file", async () => {
    const text = lines(1, 20_000);
    await withFile(join(folder, "large"), text, async (file) => {
      const before = await offsetBefore(file, text.length, startMs + 15_000_000);
      const after = await offsetAfter(file, text.length, startMs + 15_000_000);
      const seqAt = (offset: number): unknown => JSON.parse(text.slice(offset, text.indexOf("\n", offset)));
      expect(seqAt(before)).toMatchObject({ seq: 14_995 });
      expect(seqAt(after)).toMatchObject({ seq: 15_005 });
    });
  });
});

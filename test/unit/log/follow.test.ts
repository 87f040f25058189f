import { appendFile, mkdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { everything, filterFor } from "../../../src/log/filter.ts";
import { follow, type FollowOptions } from "../../../src/log/follow.ts";
import { acceptsLogs, acceptsPartsOf, describeLogFile } from "../../../src/log/log-files.ts";
import { bookmark } from "../../../src/log/tail.ts";
import { line, lines, scratchFolder } from "./log-samples.ts";

let folder: string;
let remove: () => Promise<void>;
let abort: AbortController;
const sources = new Set<ReturnType<typeof follow>>();
beforeEach(async () => {
  ({ folder, remove } = await scratchFolder());
  abort = new AbortController();
});
afterEach(async () => {
  abort.abort();
  await Promise.all([...sources].map((source) => source.return(undefined)));
  sources.clear();
  await remove();
});

/** Reads the followed log record by record, as `seq` numbers or reasons why a line is none. */
function following(options: Partial<FollowOptions> = {}) {
  const records: (number | string)[] = [];
  const source = follow({
    folder,
    accepts: acceptsLogs,
    starts: [],
    filter: everything,
    signal: abort.signal,
    ...options,
  });
  sources.add(source);
  return {
    /** The next n; fails by the test's own timeout if they do not come. */
    async take(count: number): Promise<(number | string)[]> {
      while (records.length < count) {
        const next = await source.next();
        if (next.done === true) throw new Error(`ended after ${records.join()}`);
        for (const entry of next.value) {
          records.push(
            entry.type === "record"
              ? entry.record.seq
              : entry.type === "unreadable"
                ? entry.reason
                : entry.kind,
          );
        }
      }
      return records.splice(0, count);
    },
    /** Nothing but this came: a repeated record would be in front of it. */
    async end(): Promise<IteratorResult<unknown>> {
      expect(records).toEqual([]);
      abort.abort();
      return source.next();
    },
  };
}

const at = (name: string): string => join(folder, name);
const startOf = async (name: string) => {
  const { identity, path, sizeBytes } = (await describeLogFile(at(name)))!;
  return { identity, bookmark: await bookmark(path, sizeBytes) };
};

describe("follow", () => {
  test("shows a new file from its beginning and a known one from where its history ended", async () => {
    await writeFile(at("old.jsonl"), lines(1, 3));
    const tail = following({ starts: [await startOf("old.jsonl")] });
    await writeFile(at("new.jsonl"), lines(10, 11));
    expect(await tail.take(2)).toEqual([10, 11]);
    await appendFile(at("old.jsonl"), lines(4, 4));
    expect(await tail.take(1)).toEqual([4]);
    expect(await tail.end()).toEqual({ done: true, value: undefined });
  });

  test("yields each record once, however it is appended", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 15 }), async (chunkSizes, known) => {
        const path = at("log.jsonl");
        await rm(path, { force: true });
        const text = lines(1, 15);
        const knownText = known === 0 ? "" : lines(1, known);
        await writeFile(path, knownText);
        abort = new AbortController();
        const tail = following({ starts: [await startOf("log.jsonl")], signal: abort.signal });
        const taken = tail.take(15 - known);
        let rest = text.slice(knownText.length);
        for (let index = 0; rest !== ""; index += 1) {
          const size = chunkSizes[index % chunkSizes.length] ?? 1;
          await appendFile(path, rest.slice(0, size));
          rest = rest.slice(size);
        }
        expect(await taken).toEqual(Array.from({ length: 15 - known }, (_, index) => known + 1 + index));
        await appendFile(path, lines(99, 99));
        expect(await tail.take(1)).toEqual([99]);
        await tail.end();
      }),
      { numRuns: 40 },
    );
  });

  test("brings along what was asked before its start", async () => {
    const call = { dir: "c2s", bytes: 1, stream: undefined, "jsonrpc.request.id": "1" };
    const ask = line(1, { ...call, kind: "request" });
    const failed = { kind: "response", dir: "s2c", duration_ms: 1, "error.type": "tool_error" };
    const answer = line(3, { ...call, ...failed });
    await writeFile(at("log.jsonl"), `${ask}\n${line(2)}\n`);
    const filter = filterFor({ errors: true });
    const tail = following({ starts: [await startOf("log.jsonl")], filter, withAsked: true });
    await appendFile(at("log.jsonl"), `${answer}\n`);
    expect(await tail.take(2)).toEqual([1, 3]);
    await tail.end();
  });

  test("waits for the rest of a torn line", async () => {
    const text = `${line(2)}\n`;
    await writeFile(at("log.jsonl"), `${line(1)}\n${text.slice(0, 40)}`);
    const tail = following();
    expect(await tail.take(1)).toEqual([1]);
    await appendFile(at("log.jsonl"), text.slice(40));
    expect(await tail.take(1)).toEqual([2]);
  });

  test("goes on in the next file of a rotated log", async () => {
    await writeFile(at("log.jsonl"), lines(1, 2));
    const tail = following();
    expect(await tail.take(2)).toEqual([1, 2]);
    await appendFile(at("log.jsonl"), lines(3, 3));
    await writeFile(at("log.2.jsonl"), lines(4, 5));
    expect(await tail.take(3)).toEqual([3, 4, 5]);
  });

  test("a file that is renamed and begun anew, as logrotate does", async () => {
    await writeFile(at("log.jsonl"), lines(1, 2));
    const tail = following();
    expect(await tail.take(2)).toEqual([1, 2]);
    await rename(at("log.jsonl"), at("log.9.jsonl"));
    await appendFile(at("log.9.jsonl"), lines(3, 3));
    await writeFile(at("log.jsonl"), lines(4, 4));
    expect(await tail.take(2)).toEqual([3, 4]);
    await appendFile(at("log.9.jsonl"), lines(5, 5));
    expect(await tail.take(1)).toEqual([5]);
  });

  test("a file that is cut and written anew, even to a greater length", async () => {
    await writeFile(at("log.jsonl"), lines(1, 3));
    const tail = following();
    expect(await tail.take(3)).toEqual([1, 2, 3]);
    await truncate(at("log.jsonl"));
    await appendFile(at("log.jsonl"), lines(4, 9));
    expect(await tail.take(6)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test.each(["read", "shown as history"])("a file that was %s and is cut to a part", async (how) => {
    await writeFile(at("log.jsonl"), lines(1, 5));
    const isHistory = how !== "read";
    const tail = following(isHistory ? { starts: [await startOf("log.jsonl")] } : {});
    if (!isHistory) expect(await tail.take(5)).toEqual([1, 2, 3, 4, 5]);
    await appendFile(at("log.jsonl"), lines(6, 6));
    expect(await tail.take(1)).toEqual([6]);
    await truncate(at("log.jsonl"), Buffer.byteLength(lines(1, 3)));
    await appendFile(at("log.jsonl"), lines(7, 7));
    expect(await tail.take(1)).toEqual([7]);
    await truncate(at("log.jsonl"), Buffer.byteLength(lines(1, 2)) - 10);
    await appendFile(at("log.jsonl"), lines(8, 9));
    expect(await tail.take(2)).toEqual([expect.any(String), 9]);
    await appendFile(at("log.jsonl"), lines(10, 10));
    expect(await tail.take(1)).toEqual([10]);
    await tail.end();
  });

  test("a file that was shown as history and is cut to a part at once", async () => {
    await writeFile(at("log.jsonl"), lines(1, 5));
    const tail = following({ starts: [await startOf("log.jsonl")] });
    await truncate(at("log.jsonl"), Buffer.byteLength(lines(1, 2)));
    await appendFile(at("log.jsonl"), lines(6, 6));
    expect(await tail.take(1)).toEqual([6]);
    await tail.end();
  });

  test("a file that is cut between the reading of its history and its following", async () => {
    await writeFile(at("log.jsonl"), lines(1, 1));
    const start = await startOf("log.jsonl");
    await writeFile(at("log.jsonl"), lines(2, 2));
    expect(await following({ starts: [start] }).take(1)).toEqual([2]);
  });

  test("a file that is deleted and made again", async () => {
    await writeFile(at("log.jsonl"), lines(1, 3));
    const tail = following();
    expect(await tail.take(3)).toEqual([1, 2, 3]);
    await rm(at("log.jsonl"));
    await writeFile(at("log.jsonl"), lines(4, 5));
    expect(await tail.take(2)).toEqual([4, 5]);
  });

  test("a folder that is not there yet, is removed and comes again", async () => {
    const later = join(folder, "project", "sessions");
    const tail = following({ folder: later, pollMs: 20 });
    const first = tail.take(1);
    await mkdir(later, { recursive: true });
    await writeFile(join(later, "a.jsonl"), lines(1, 1));
    expect(await first).toEqual([1]);
    const second = tail.take(2);
    await rm(join(folder, "project"), { recursive: true });
    await mkdir(later, { recursive: true });
    await writeFile(join(later, "b.jsonl"), lines(2, 3));
    expect(await second).toEqual([2, 3]);
  });

  test("marks lines that are no record and goes on", async () => {
    const tail = following();
    await writeFile(
      at("log.jsonl"),
      `Segmentation fault\n\n\0\0\n${line(1, { kind: "invented" })}\n${line(2)}\n`,
    );
    expect(await tail.take(4)).toEqual(["foreign", "binary", "invented", 2]);
  });

  test("several logs come in the order of time", async () => {
    await writeFile(at("a.jsonl"), [1, 4].map((seq) => `${line(seq)}\n`).join(""));
    await writeFile(at("b.jsonl"), [2, 3, 5].map((seq) => `${line(seq)}\n`).join(""));
    expect(await following().take(5)).toEqual([1, 2, 3, 4, 5]);
  });

  test("a named file brings in its rotated parts and no others", async () => {
    await writeFile(at("x.log"), lines(1, 1));
    await writeFile(at("y.log"), lines(7, 7));
    const tail = following({ accepts: acceptsPartsOf(at("x.log")) });
    expect(await tail.take(1)).toEqual([1]);
    await writeFile(at("x.2.log"), lines(2, 2));
    expect(await tail.take(1)).toEqual([2]);
    await tail.end();
  });

  test("ends at once when aborted, even while nothing happens", async () => {
    const source = follow({
      folder,
      accepts: acceptsLogs,
      starts: [],
      filter: everything,
      signal: abort.signal,
      pollMs: 1e6,
    });
    const next = source.next();
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect((await stat(folder)).isDirectory()).toBe(true);
  });
});

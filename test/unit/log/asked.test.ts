import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AskedMemory } from "../../../src/log/asked.ts";
import type { Entry } from "../../../src/log/decode.ts";
import { filterFor, type FilterOptions } from "../../../src/log/filter.ts";
import { history } from "../../../src/log/history.ts";
import { line, scratchFolder } from "./log-samples.ts";

const ask = (seq: number, id: string, body = "hay") =>
  line(seq, { kind: "request", dir: "c2s", bytes: 1, stream: undefined, "jsonrpc.request.id": id, body });
const answer = (seq: number, id: string, error?: string) =>
  line(seq, {
    ...{
      kind: "response",
      dir: "s2c",
      bytes: 1,
      duration_ms: 1,
      stream: undefined,
      "jsonrpc.request.id": id,
    },
    ...(error === undefined ? {} : { "error.type": error }),
  });
const log = [
  ask(1, "1"),
  answer(2, "1", "tool_error"),
  ask(3, "1"),
  ask(4, "2", "needle"),
  answer(5, "1"),
  answer(6, "2", "-32603"),
  line(7, { kind: "error", body: { message: "crash" } }),
  ask(8, "2"),
  ...[ask(9, "3"), answer(10, "3", "tool_error"), ask(11, "3"), answer(12, "3", "tool_error")],
];

let path: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  const scratch = await scratchFolder();
  remove = scratch.remove;
  path = join(scratch.folder, "log.jsonl");
  writeFileSync(path, log.map((one) => `${one}\n`).join(""));
});
afterAll(() => remove());

const seqs = (entries: readonly Entry[]): number[] =>
  entries.map((entry) => (entry.type === "record" ? entry.record.seq : -1));
const isOwnLine = (entry: Entry): boolean => entry.type !== "record" || entry.record.kind !== "request";

async function read(options: FilterOptions, lines: number | "all", withAsked = true): Promise<number[]> {
  const extent = { path, log: "log", endOffset: log.join("\n").length + 1 };
  const found: Entry[] = [];
  const how = { filter: filterFor(options), withAsked, counts: isOwnLine };
  for await (const entries of history([[extent]], lines, how)) found.push(...entries);
  return seqs(found);
}

test("what went wrong comes with what was asked, and an id that is used again is told apart", async () => {
  expect(await read({ errors: true }, "all")).toEqual([1, 2, 4, 6, 7, 9, 10, 11, 12]);
  expect(await read({ errors: true }, 9)).toEqual([1, 2, 4, 6, 7, 9, 10, 11, 12]);
  expect(await read({ errors: true }, 4)).toEqual([4, 6, 7, 9, 10, 11, 12]);
  expect(await read({ errors: true }, 3)).toEqual([7, 9, 10, 11, 12]);
  expect(await read({ errors: true }, 1)).toEqual([11, 12]);
  expect(await read({ errors: true }, "all", false)).toEqual([2, 6, 7, 10, 12]);
});

test("a pattern that only the request matches, of what went wrong", async () => {
  expect(await read({ errors: true, pattern: /needle/ }, "all", false)).toEqual([6]);
  expect(await read({ errors: true, pattern: /needle/ }, 5)).toEqual([4, 6]);
});

test("what comes, line by line", () => {
  const memory = new AskedMemory();
  const filter = filterFor({ errors: true });
  const read = (text: string): number[] =>
    seqs(memory.entriesOf([{ type: "lines", bytes: Buffer.from(`${text}\n`) }], { log: "log", filter }));
  expect(log.map(read)).toEqual([[], [1, 2], [], [], [], [4, 6], [7], [], [], [9, 10], [], [11, 12]]);
});

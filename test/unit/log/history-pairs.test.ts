import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry } from "../../../src/log/decode.ts";
import { everything, filterFor } from "../../../src/log/filter.ts";
import { history } from "../../../src/log/history.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "history-pairs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Message = {
  readonly kind: "request" | "response";
  readonly dir: "c2s" | "s2c";
  readonly id: number;
  readonly word: string;
};

function lineOf({ kind, dir, id, word }: Message, seq: number): string {
  const stamp = { v: 1, seq, time: "2026-01-01T00:00:00.000Z", kind, session: "s1", dir };
  const rest = {
    "jsonrpc.request.id": String(id),
    bytes: 9,
    ...(kind === "response" ? { duration_ms: 1 } : {}),
  };
  return `${JSON.stringify({ ...stamp, ...rest, body: { word } })}\n`;
}

/** What of a log passes `--grep needle`, by the definition: a call passes whole if its request matches. */
function expected(messages: readonly Message[]): number[] {
  const open = new Set<string>();
  return messages.flatMap(({ kind, dir, id, word }, index) => {
    const asker = (kind === "request") === (dir === "c2s") ? "client" : "server";
    const isMatch = word === "needle";
    if (kind === "request" && isMatch) open.add(`${asker} ${id}`);
    const passes = kind === "response" ? open.delete(`${asker} ${id}`) || isMatch : isMatch;
    return passes ? [index] : [];
  });
}

async function read(text: string, lines: number | "all", chunkBytes: number): Promise<number[]> {
  const path = join(folder, "log.jsonl");
  writeFileSync(path, text);
  const extent = { path, log: "log", endOffset: Buffer.byteLength(text) };
  const filter = filterFor({ pattern: /needle/ });
  const seqs: number[] = [];
  for await (const entries of history([[extent]], lines, { filter, chunkBytes })) {
    for (const entry of entries) if (entry.type === "record") seqs.push(entry.record.seq);
  }
  return seqs;
}

describe("a pattern that only the request matches", () => {
  it("brings its answer along, read from either end in chunks of any size", async () => {
    const message = fc.record<Message>({
      kind: fc.constantFrom("request", "response"),
      dir: fc.constantFrom("c2s", "s2c"),
      id: fc.nat(3),
      word: fc.constantFrom("needle", "hay", "straw"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 40 }),
        fc.integer({ min: 100, max: 2000 }),
        async (messages, chunkBytes) => {
          const text = messages.map((one, index) => lineOf(one, index)).join("");
          expect(await read(text, "all", chunkBytes)).toEqual(expected(messages));
          expect(await read(text, messages.length + 1, chunkBytes)).toEqual(expected(messages));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("gives the last n also where the answers alone do not match", async () => {
    const calls = Array.from({ length: 50 }, (_, id): Message[] => [
      { kind: "request", dir: "c2s", id, word: "needle" },
      { kind: "response", dir: "s2c", id, word: "hay" },
    ]).flat();
    const text = calls.map((one, index) => lineOf(one, index)).join("");
    expect(await read(text, 4, 300)).toEqual([96, 97, 98, 99]);
  });
});

describe("where requests are shown with their answers", () => {
  const isAnswer = (entry: Entry): boolean => entry.type !== "record" || entry.record.kind !== "request";
  const last = async (messages: readonly Message[], lines: number): Promise<number[]> => {
    const path = join(folder, "log.jsonl");
    const text = messages.map((one, index) => lineOf(one, index)).join("");
    writeFileSync(path, text);
    const extent = { path, log: "log", endOffset: Buffer.byteLength(text) };
    const options = { filter: everything, counts: isAnswer };
    const found: Entry[] = [];
    for await (const entries of history([[extent]], lines, options)) found.push(...entries);
    return found.map((entry) => (entry.type === "record" ? entry.record.seq : -1));
  };
  const ask = (id: number, dir: "c2s" | "s2c" = "c2s"): Message => ({ kind: "request", dir, id, word: "" });
  const answer = (id: number, dir: "c2s" | "s2c" = "s2c"): Message => ({
    kind: "response",
    dir,
    id,
    word: "",
  });

  it("the last n answers come with their requests, however long ago these were", async () => {
    const messages = [
      ask(1),
      ask(2),
      ask(1, "s2c"),
      ask(3),
      answer(3),
      answer(1, "c2s"),
      answer(2),
      answer(1),
    ];
    expect(await last(messages, 1)).toEqual([0, 7]);
    expect(await last(messages, 2)).toEqual([0, 1, 6, 7]);
    expect(await last(messages, 3)).toEqual([0, 1, 2, 5, 6, 7]);
    expect(await last(messages, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("an id that is used again is the later request's", async () => {
    expect(await last([ask(1), answer(1), ask(1), answer(1)], 1)).toEqual([2, 3]);
  });
});

it("holds more lines than a function may have arguments", { timeout: 30_000 }, async () => {
  const text = lineOf({ kind: "request", dir: "c2s", id: 1, word: "needle" }, 7).repeat(200_000);
  expect(await read(text, 180_000, 1 << 20)).toHaveLength(180_000);
});

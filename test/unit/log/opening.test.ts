import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openingOf } from "../../../src/log/opening.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "opening-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stamp = { v: 1, seq: 1, time: "2026-01-01T00:00:00.000Z" };
const meta = { ...stamp, kind: "meta", pid: 1, command: [], cwd: "/p", project: "/p", versions: {} };
const output = { ...stamp, kind: "output", stream: "stderr", body: "x" };

async function projectOf(...lines: readonly string[]): Promise<string | undefined> {
  const path = join(folder, "a.jsonl");
  const text = lines.map((line) => `${line}\n`).join("");
  writeFileSync(path, text);
  const entry = await openingOf({ path, log: "a", endOffset: Buffer.byteLength(text) });
  return entry?.type === "record" && entry.record.kind === "meta" ? entry.record.project : undefined;
}

it("finds what the log is about", async () => {
  expect(await projectOf(JSON.stringify(meta), JSON.stringify(output))).toBe("/p");
});

it.each([
  ["nothing at all", []],
  ["another record", [JSON.stringify(output), JSON.stringify(meta)]],
  ["a line that is none", ["torn {", JSON.stringify(meta)]],
  ["a line without an end in sight", ["x".repeat(200_000), JSON.stringify(meta)]],
])("is content with %s", async (_, lines) => {
  expect(await projectOf(...lines)).toBeUndefined();
});

it("is content with a log that is gone", async () => {
  expect(await openingOf({ path: join(folder, "gone.jsonl"), log: "gone", endOffset: 9 })).toBeUndefined();
});

import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RecordInput } from "../../../src/log/record.ts";
import { EntryFile } from "../../../src/dev/entry-file.ts";

let folder = "";
let told: RecordInput[] = [];
const path = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "entry-file-"));
  told = [];
  writeFileSync(path("server.ts"), "start();");
  writeFileSync(path("other.ts"), "other();");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a renamed one is named, as it was when it was last looked at", () => {
  const entry = new EntryFile(path("server.ts"), folder, (record) => told.push(record));
  writeFileSync(path("server.ts"), "startNow();");
  expect(entry.whyGone(1)).toBeUndefined();
  renameSync(path("server.ts"), path("main.ts"));
  expect(entry.whyGone(3)?.message).toBe(
    "server.ts is gone, and generation 3 goes on serving: bring it back, or stop this and run mcp dev main.ts",
  );
  renameSync(path("main.ts"), path("server.ts"));
  expect(entry.whyGone(3)).toBeUndefined();
});

test.for(["the file", "its folder"])("%s is removed", (what) => {
  const entry = new EntryFile(path("server.ts"), folder, (record) => told.push(record));
  rmSync(what === "the file" ? path("server.ts") : folder, { recursive: true });
  expect(entry.whyGone(undefined)?.message).toBe(
    "server.ts is gone: bring it back, or stop this and run mcp dev <the new entry>",
  );
});

test("it is told once, and again when it is gone again", () => {
  const entry = new EntryFile(path("server.ts"), folder, (record) => told.push(record));
  expect(entry.isGone(1)).toBe(false);
  for (const times of [1, 2]) {
    renameSync(path("server.ts"), path("main.ts"));
    expect([entry.isGone(1), entry.isGone(1)]).toEqual([true, true]);
    expect(told).toHaveLength(times);
    renameSync(path("main.ts"), path("server.ts"));
    expect(entry.isGone(1)).toBe(false);
  }
});

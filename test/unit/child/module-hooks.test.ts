import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  aheadUrl,
  importOf,
  Loaded,
  read,
  resolveAhead,
  TextsAhead,
} from "../../../src/child/module-hooks.ts";

let folder: string;
let file: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "texts-"));
  file = join(folder, "greeting.ts");
  url = pathToFileURL(file).href;
  writeFileSync(file, "one");
});
afterEach(() => rmSync(folder, { recursive: true }));

const compiled = { format: "module", source: "compiled one" } as const;

test("a text that was compiled ahead is used once, while the file is what it was", () => {
  const texts = new TextsAhead();
  expect(texts.asked(aheadUrl(url))).toBe(url);
  texts.keep(url, read(url), compiled);
  expect(texts.take(url)).toEqual({ ...compiled, shortCircuit: true });
  expect(texts.take(url)).toBeUndefined();
});

test.each([
  ["changed", () => writeFileSync(file, "two")],
  ["removed", () => rmSync(file)],
])("not when the file was %s since", (_how, happen) => {
  const texts = new TextsAhead();
  texts.keep(url, read(url), compiled);
  happen();
  expect(texts.take(url)).toBeUndefined();
});

test("not when the file changed while it was compiled", () => {
  const texts = new TextsAhead();
  const before = read(url);
  writeFileSync(file, "two");
  texts.keep(url, before, compiled);
  writeFileSync(file, "one");
  expect(texts.take(url)).toBeUndefined();
});

test("only what is an ES module is kept", () => {
  const texts = new TextsAhead();
  texts.keep(url, read(url), { format: "commonjs", source: "compiled" });
  expect(texts.take(url)).toBeUndefined();
});

test("the import of any other module is left to the loaders before", () => {
  const texts = new TextsAhead();
  expect(texts.asked(url)).toBeUndefined();
  expect(resolveAhead("./greeting.ts")).toBeUndefined();
  expect(texts.take(url)).toBeUndefined();
});

test.each([
  ["file:///p/a.ts?query#hash", "file:///p/server.ts", { url: "file:///p/a.ts", isPackage: false }],
  [
    "file:///p/node_modules/zod/index.js",
    "file:///p/a.ts",
    { url: "file:///p/node_modules/zod/index.js", isPackage: true },
  ],
  ["file:///p/node_modules/zod/v4.js", "file:///p/node_modules/zod/index.js", undefined],
  ["node:fs", "file:///p/a.ts", undefined],
])("%s imported by %s", (imported, parent, expected) => {
  const found = importOf({ url: imported, format: "module" }, parent);
  expect(found).toEqual(expected === undefined ? undefined : { ...expected, format: "module" });
});

test("a package counts as loaded when it is, and not when the server only asks where it is", () => {
  const found = { url: "file:///p/node_modules/cli/bin.js", isPackage: true, format: "module" };
  const loaded = new Loaded();
  expect(loaded.resolved(found)).toEqual({ ...found, isLoaded: false });
  expect(loaded.loaded(found.url)).toEqual({ ...found, isLoaded: true });
  expect(loaded.resolved(found)).toEqual({ ...found, isLoaded: true });
  expect(loaded.loaded(found.url)).toBeUndefined();
});

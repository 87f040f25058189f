import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  importOf,
  Loaded,
  NamesAhead,
  namesAheadUrl,
  read,
  resolvedAhead,
  textAheadUrl,
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
  expect(texts.asked(textAheadUrl(url, 3))).toBe(url);
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
  expect(resolvedAhead("./greeting.ts")).toBeUndefined();
  expect(texts.take(url)).toBeUndefined();
});

test.each([
  ["file:///p/a.ts?query#hash", "file:///p/server.ts", { url: "file:///p/a.ts", isPackage: false }],
  [
    "file:///p/a.ts%3Ftsx-commonjs-export-preparse=1?tsx-commonjs-export-preparse=1&tsx-commonjs-virtual-query=1",
    "file:///p/server.mts",
    { url: "file:///p/a.ts", isPackage: false },
  ],
  [
    "file:///p/node_modules/zod/index.js",
    "file:///p/a.ts",
    { url: "file:///p/node_modules/zod/index.js", isPackage: true },
  ],
  ["file:///p/node_modules/zod/v4.js", "file:///p/node_modules/zod/index.js", undefined],
  ["node:fs", "file:///p/a.ts", undefined],
])("%s imported by %s", (imported, parent, expected) => {
  const found = importOf(
    "it",
    { parentURL: parent, conditions: ["import"] },
    { url: imported, format: "module" },
  );
  const name = expected?.isPackage === true ? { specifier: "it", parentUrl: parent } : undefined;
  expect(found).toEqual(expected === undefined ? undefined : { ...expected, format: "module", name });
});

test("a package counts as loaded when it is, and not when the server only asks where it is", () => {
  const found = {
    url: "file:///p/node_modules/cli/bin.js",
    isPackage: true,
    format: "module",
    name: undefined,
  };
  const loaded = new Loaded();
  expect(loaded.resolved(found)).toEqual({ ...found, isLoaded: false });
  expect(loaded.loaded(found.url)).toEqual({ ...found, isLoaded: true });
  expect(loaded.resolved(found)).toEqual({ ...found, isLoaded: true });
  expect(loaded.loaded(found.url)).toBeUndefined();
});

const zod = { specifier: "zod", parentUrl: "file:///p/server.ts" };
const zodIs = { url: "file:///p/node_modules/zod/index.js", format: "module" } as const;
const importing = { parentURL: zod.parentUrl, conditions: ["node", "import"] };

test("what a name stands for is found ahead, and used once by the module that imports it", () => {
  const names = new NamesAhead();
  const url = namesAheadUrl(zod.parentUrl, ["zod", "a b"]);
  expect(names.asked(url)).toEqual([zod, { ...zod, specifier: "a b" }]);
  expect(resolvedAhead(url)).toMatchObject({ url });
  names.keep(zod, importing, zodIs);
  expect(names.take("zod", { ...importing, parentURL: "file:///p/other.ts" })).toBeUndefined();
  expect(names.take("zod", { ...importing, conditions: ["node", "require"] })).toBeUndefined();
  expect(names.take("zod", importing)).toEqual({ ...zodIs, shortCircuit: true });
  expect(names.take("zod", importing)).toBeUndefined();
});

test("the entry stands for itself", () => {
  const names = new NamesAhead();
  const entry = { specifier: "file:///p/server.ts", parentUrl: undefined };
  expect(names.asked(namesAheadUrl(undefined, [entry.specifier]))).toEqual([entry]);
  names.keep(entry, { conditions: ["import"] }, { url: entry.specifier, format: "module" });
  expect(names.take(entry.specifier, { conditions: ["import"] })).toMatchObject({ url: entry.specifier });
});

test("a name that stands for a file of the server's own is looked for again each time", () => {
  const names = new NamesAhead();
  names.keep({ ...zod, specifier: "./greeting.js" }, importing, {
    url: "file:///p/greeting.ts",
    format: "module",
  });
  expect(names.take("./greeting.js", importing)).toBeUndefined();
});

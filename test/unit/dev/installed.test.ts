/** What makes warm children useless, or what they know: an install, and names that may be mapped. */
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installedState, mayMapNames } from "../../../src/dev/installed.ts";

let root: string;
let entry: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "installed-")));
  entry = join(root, "packages/server/src/server.ts");
  await write("packages/server/src/server.ts", "");
});
afterEach(() => rm(root, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

test.each([
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
  "packages/server/node_modules/.package-lock.json",
])("an install that writes %s is noticed, and nothing else", async (mark) => {
  await write("node_modules/.package-lock.json", "{}");
  await write(mark, "1");
  const before = installedState(entry);
  await write("node_modules/.vite/cache.json", "");
  await write("packages/server/src/server.ts", "changed");
  expect(installedState(entry)).toBe(before);
  await utimes(join(root, mark), new Date(), new Date(Date.now() + 5000));
  expect(installedState(entry)).not.toBe(before);
});

test("an install that leaves no such mark is noticed by what it adds", async () => {
  await write("node_modules/zod/index.js", "");
  await utimes(join(root, "node_modules"), new Date(0), new Date(0));
  const before = installedState(entry);
  await write("node_modules/jose/index.js", "");
  expect(installedState(entry)).not.toBe(before);
});

test.each([
  ["{}", false],
  [`{ "compilerOptions": { "strict": true } }`, false],
  [`{ "compilerOptions": { "paths": { "words": ["./lib/words.ts"] } } }`, true],
  [`{ "compilerOptions": { "baseUrl": "." } }`, true],
  [`{ "extends": "../tsconfig.base.json" }`, true],
])("names may be mapped by %s: %s", async (text, expected) => {
  expect(mayMapNames(entry, "/", {})).toBe(false);
  await write("packages/server/tsconfig.json", text);
  expect(mayMapNames(entry, "/", {})).toBe(expected);
  expect(mayMapNames("/server.ts", join(root, "packages/server"), {})).toBe(expected);
});

test("a configuration that the environment names may say anything", () => {
  expect(mayMapNames(entry, "/", { TSX_TSCONFIG_PATH: "other.json" })).toBe(true);
});

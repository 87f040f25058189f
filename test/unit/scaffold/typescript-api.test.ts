/** Which TypeScript of a project can be used, and where code is broken. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectTypeScript, syntaxErrorLine } from "../../../src/scaffold/typescript-api.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "typescript-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("one that only compiles, as version 7 does, is named as the reason", async () => {
  expect(() => projectTypeScript(folder)).toThrow(/not installed/);
  const modules = join(folder, "node_modules/typescript");
  await mkdir(modules, { recursive: true });
  await writeFile(join(modules, "index.js"), 'exports.version = "7.0.2";');
  expect(() => projectTypeScript(folder)).toThrow(/no interface/);
  expect(projectTypeScript(import.meta.dirname).version).toBe(ts.version);
});

test.each([
  ["const a = 1;\n", undefined],
  ["const a = 1;\r\n\r\nconst = 2;\r\n", 3],
  ["function (", 1],
])("the first syntax error of %j is in line %s", (text, line) => {
  expect(syntaxErrorLine(ts, text)).toBe(line);
});

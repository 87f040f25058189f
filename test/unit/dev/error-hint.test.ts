/** What is said besides an error's own words. */
import { expect, test } from "vitest";
import { errorHint } from "../../../src/dev/error-hint.ts";

const hintFor = (message: string, stack = ""): string | undefined =>
  errorHint({ name: "Error", message, stack }, "/nowhere");

test.each([
  ["left-pad", "left-pad"],
  ["left-pad/lib/pad", "left-pad"],
  ["@a/b/c", "@a/b"],
])("a package that is not installed: %s", (specifier, name) => {
  expect(hintFor(`Cannot find package '${specifier}' imported from /p/a.ts`)).toBe(
    `is it installed? npm install ${name}`,
  );
});

test.each(["@/lib/x", "~/x"])("a path of tsconfig.json: %s", (specifier) => {
  expect(hintFor(`Cannot find package '${specifier}' imported from /p/a.ts`)).toMatch(/tsconfig\.json/);
});

test.each(["#internal", "./x"])("a path that no package is called: %s", (specifier) => {
  expect(hintFor(`Cannot find package '${specifier}' imported from /p/a.ts`)).toBeUndefined();
});

test("a type that is imported as a value, in TypeScript", () => {
  const message = "The requested module 'fastmcp' does not provide an export named 'Context'";
  expect(hintFor(message, "file:///p/a.ts:1\nimport {")).toBe(
    'if Context is a type: import type { Context } from "fastmcp"',
  );
  expect(hintFor(message, "file:///p/a.js:1\nimport {")).toBeUndefined();
});

test("what Node 20 makes of a require in a .cts file", () => {
  const message = "Cannot read properties of undefined (reading 'exports')";
  const stack = `TypeError: ${message}\n    at require (node:internal/modules/esm/translators:191:33)`;
  expect(hintFor(message, stack)).toMatch(/Node 20 cannot require packages from a \.cts file/);
  expect(hintFor(message, `TypeError: ${message}\n    at f (/p/a.ts:1:1)`)).toBeUndefined();
});

test("any other error", () => {
  expect(hintFor("no")).toBeUndefined();
});

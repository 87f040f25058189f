/** The lines around an error. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { sourceFrame } from "../../../src/dev/source-frame.ts";

const folder = mkdtempSync(join(tmpdir(), "frame-"));
const file = join(folder, "a.ts");
writeFileSync(file, "one\ntwo\nthree();\nfour\nfive\nsix\n");
afterAll(() => rmSync(folder, { recursive: true }));

test("a compiler's place: two lines before and after, the column marked", () => {
  const location = { file: "a.ts", line: 3, column: 2 };
  expect(sourceFrame({ name: "Error", message: "x", location }, folder)).toEqual({
    file,
    line: 3,
    column: 3,
    frame: "  1 | one\n  2 | two\n> 3 | three();\n    |   ^\n  4 | four\n  5 | five",
  });
});

test("the first frame of a stack that is the server's own", () => {
  const stack = [
    "Error: x",
    `    at f (${folder}/node_modules/p/i.js:1:1)`,
    "    at node:internal/modules/run_main:117:5",
    `    at g (file://${file}:2:1)`,
  ].join("\n");
  expect(sourceFrame({ name: "Error", message: "x", stack }, folder)).toMatchObject({
    file,
    line: 2,
    column: 1,
  });
});

test.each([
  [`Cannot find module '${folder}/gone.js' imported from ${folder}/b.ts`, 2, 22],
  [`Cannot find package 'left-pad' imported from ${folder}/b.ts`, 3, 15],
  [`Cannot find package '@a/b' imported from file://${folder}/b.ts`, 4, 24],
])("the line that imports what is not there: %s", (message, line, column) => {
  const imports = 'import "x";\nimport { gone } from "./gone.ts";\nimport x from "left-pad/y";\n';
  writeFileSync(join(folder, "b.ts"), `${imports}const y = await import('@a/b');\n`);
  expect(sourceFrame({ name: "Error", message, stack: `Error: ${message}` }, folder)).toMatchObject({
    file: join(folder, "b.ts"),
    line,
    column,
  });
  const elsewhere = `Cannot find package 'elsewhere' imported from ${folder}/b.ts`;
  expect(sourceFrame({ name: "Error", message: elsewhere }, folder)).toBeUndefined();
});

test("a file that cannot be read has a place and no lines; an error without a place has nothing", () => {
  const location = { file: join(folder, "none.ts"), line: 1, column: 0 };
  expect(sourceFrame({ name: "Error", message: "x", location }, folder)).not.toHaveProperty("frame");
  expect(sourceFrame({ name: "Error", message: "the server exited" }, folder)).toBeUndefined();
});

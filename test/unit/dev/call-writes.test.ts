import { expect, test } from "vitest";
import { CallWrites } from "../../../src/dev/call-writes.ts";

const todos = ["data/todos.json", "data/**"];
const notes = (name: string): string[] => [`data/${name}.txt`, "data/**"];
const output = (name: string): string[] => [`output-${name}.md`, "output-*.md"];
const code: string[] = [];

test("a file that is written in two calls is the server's, and those beside it are not", () => {
  const writes = new CallWrites();
  expect(writes.find([todos], 0, true)).toEqual([]);
  expect(writes.has(todos)).toBe(false);
  expect(writes.find([todos], 1000, true)).toEqual(["data/todos.json"]);
  expect(writes.has(todos)).toBe(true);
  expect(writes.find([notes("a")], 2000, true)).toEqual([]);
  expect(writes.find([todos], 3000, true)).toEqual([]);
  expect(writes.has(notes("b"))).toBe(false);
});

test("files with other names each time are the server's together", () => {
  const writes = new CallWrites();
  expect(writes.find([output("1"), notes("a")], 0, true)).toEqual([]);
  expect(writes.find([output("2"), notes("b")], 1000, true)).toEqual(["output-*.md", "data/**"]);
  expect([output("3"), notes("c"), todos].map((globs) => writes.has(globs))).toEqual([true, true, true]);
});

test("one file that is written in each call, and others beside it by other names, are found at once", () => {
  const writes = new CallWrites();
  writes.find([todos, notes("a")], 0, true);
  expect(writes.find([todos, notes("b")], 1000, true)).toEqual(["data/todos.json", "data/**"]);
});

test("what one call writes in pieces is written once", () => {
  const writes = new CallWrites();
  const pieces = [0, 50, 100].flatMap((at) => writes.find([todos, notes(String(at))], at, true));
  expect(pieces).toEqual([]);
  expect(writes.find([todos], 500, true)).toEqual(["data/todos.json"]);
});

test.for([
  ["saved while nobody calls", [todos], false],
  ["saved together with code", [todos, code], true],
] as const)("a file that is %s in between is somebody's", ([, saved, isCalled]) => {
  const writes = new CallWrites();
  writes.find([todos], 0, true);
  expect(writes.find(saved, 1000, isCalled)).toEqual([]);
  expect(writes.find([todos], 2000, true)).toEqual([]);
  expect(writes.find([todos], 3000, true)).toEqual(["data/todos.json"]);
});

test("code is never the server's", () => {
  const writes = new CallWrites();
  for (const at of [0, 1000, 2000]) expect(writes.find([code], at, true)).toEqual([]);
  expect(writes.has(code)).toBe(false);
});

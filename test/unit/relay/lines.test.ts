/** Lines: the same ones, however the bytes arrive. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "../../../src/relay/lines.ts";
import { chunks } from "./chunks.ts";

function split(pieces: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

test("any chunking gives the same lines, inside characters too", () => {
  const line = fc.string({ unit: "binary" }).filter((text) => !/[\r\n]/.test(text));
  const ending = fc.constantFrom("\n", "\r\n");
  const property = fc.property(
    fc.array(fc.tuple(line, ending)),
    fc.infiniteStream(fc.nat(12)),
    (lines, sizes) => {
      const bytes = Buffer.from(lines.flat().join(""));
      expect(split(chunks(bytes, sizes))).toEqual(lines.map(([text]) => text));
    },
  );
  fc.assert(property);
});

test("a carriage return inside a line stays", () => {
  expect(split([Buffer.from("a\rb\r\r\n")])).toEqual(["a\rb\r"]);
});

test("what has no line feed at the end is a line, an empty rest is none", () => {
  expect(split([Buffer.from("a\nb")])).toEqual(["a", "b"]);
  expect(split([Buffer.from("a\n")])).toEqual(["a"]);
});

test("a line of 10 MB in pieces of a pipe's size", () => {
  const long = "x".repeat(10 * 1024 * 1024);
  const bytes = Buffer.from(`${long}\nshort\n`);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
    bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
  const lines = split(pieces);
  expect(lines.map(({ length }) => length)).toEqual([long.length, 5]);
});

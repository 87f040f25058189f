/** What differs is seen, however long the texts are in which it is. */
import { expect, test } from "vitest";
import { cellsOf } from "../../../src/terminal/display-width.ts";
import { replayedLines } from "../../../src/terminal/replay-lines.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";

const styles = stylesFor({ isTTY: false });

function shown(recorded: unknown, now: unknown, width: number): readonly [before: string, after: string] {
  const differences = [{ path: "result.content[0].text", recorded, now }];
  const lines = replayedLines({ method: "tools/call", params: {}, differences }, styles, width);
  for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(width);
  const [before = "", after = ""] = lines.slice(2);
  return [before, after];
}

test.for([
  ["at the end", `${"all work ".repeat(50)}Ann`, `${"all work ".repeat(50)}Bob`],
  ["in the middle", `${"a".repeat(300)} Ann ${"z".repeat(300)}`, `${"a".repeat(300)} Bob ${"z".repeat(300)}`],
  ["at the start", `Ann ${"z".repeat(300)}`, `Bob ${"z".repeat(300)}`],
  [
    "at the end, where an id differs at the start",
    `order 123e4567 ${"z".repeat(300)} Ann`,
    `order 89abcdef ${"z".repeat(300)} Bob`,
  ],
  ["behind wide characters", `${"日本語👩‍👩‍👧".repeat(60)}Ann`, `${"日本語👩‍👩‍👧".repeat(60)}Bob`],
] as const)("a difference %s of long texts", ([, recorded, now]) => {
  for (const width of [40, 100]) {
    const [before, after] = shown(recorded, now, width);
    expect(before).toMatch(/^ {6}- .*Ann/);
    expect(after).toMatch(/^ {6}\+ .*Bob/);
    expect(before).toContain("…");
    expect(after).toContain("…");
  }
});

test("what was only added at the end", () => {
  const long = "word ".repeat(50);
  expect(shown(long, `${long}more`, 60)[1]).toMatch(/…(?:\w* )+more"$/);
});

test("texts that fit are shown as they are", () => {
  expect(shown("the same Ann", "the same Bob", 60)).toEqual([
    '      - "the same Ann"',
    '      + "the same Bob"',
  ]);
  const long = "word ".repeat(500);
  expect(shown(`${long}Ann`, `${long}Bob`, Infinity)[0]).toBe(`      - "${long}Ann"`);
});

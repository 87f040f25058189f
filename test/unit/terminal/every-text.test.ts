/** Whatever servers and clients say: nothing but text reaches the terminal, and no line is wider than it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf, withoutStart } from "../../../src/terminal/display-width.ts";
import { plainText } from "../../../src/terminal/plain-text.ts";
import { screen, shownCells } from "./screen.ts";

const nasty = fc.constantFrom(
  "\u001B[31mred\u001B[0m",
  "\u001B]8;;http://x\u0007link\u001B]8;;\u0007",
  "\u001B]0;title\u001B\\",
  "\u001BPq#0\u001B\\",
  "\u009B2J",
  "\u001B",
  "\r\n",
  "\n",
  "\t",
  "\u202Eevil\u202C",
  "\u2066",
  "\u200B",
  "\uFEFF",
  "\uD800",
  "日本語",
  "👩‍👩‍👧",
  "🇩🇪",
  "e\u0301",
  "한글",
  "© ®",
  "x".repeat(300),
  "word ".repeat(80),
);
const anyText = fc
  .array(fc.oneof(nasty, fc.string({ unit: "binary" }), fc.string()), { maxLength: 6 })
  .map((parts) => parts.join(""));
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.jsonValue(),
  fc.record(
    { message: anyText, stack: anyText.map((text) => `E\n    at ${text}`), reason: anyText, frame: anyText },
    { requiredKeys: [] },
  ),
  fc.record({ params: fc.dictionary(anyText, anyText) }),
  fc.record({ result: fc.record({ content: fc.array(fc.record({ text: anyText })) }) }),
  fc.record({ error: fc.record({ message: anyText, code: fc.integer() }) }),
  fc.record({ roots: fc.array(fc.record({ uri: anyText, name: anyText })), changes: fc.array(anyText) }),
);
const names = {
  kind: [
    "meta",
    "session",
    "request",
    "response",
    "notification",
    "reload",
    "error",
    "output",
    "noise",
    "drop",
    "new",
  ],
  event: [
    "connect",
    "ready",
    "rootsChanged",
    "error",
    "disconnect",
    "restored",
    "started",
    "serving",
    "failed",
  ],
  method: [
    "tools/call",
    "tools/list",
    "initialize",
    "resources/read",
    "prompts/get",
    "sampling/createMessage",
    "notifications/message",
    "notifications/cancelled",
  ],
};
const orAny = (known: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: anyValue });
const record = fc.record(
  {
    kind: orAny(names.kind),
    event: orAny(names.event),
    "mcp.method.name": orAny(names.method),
    session: fc.oneof(fc.constant("s1"), anyText),
    dir: fc.constantFrom("c2s", "s2c"),
    "jsonrpc.request.id": fc.constantFrom("1", "2"),
    "gen_ai.tool.name": anyText,
    "error.type": fc.oneof(fc.constantFrom("http_401", "tool_error"), anyText),
    client: fc.record({ name: anyText, version: anyText }),
    transport: anyText,
    "mcp.session.id": anyText,
    "mcp.protocol.version": anyText,
    files: fc.array(anyText),
    stream: fc.constantFrom("stdout", "stderr"),
    source: anyText,
    reason: anyText,
    count: fc.integer(),
    duration_ms: fc.oneof(fc.double(), fc.nat(), fc.constant(null)),
    time: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      anyText,
    ),
    project: anyText,
    url: anyText,
    cwd: anyText,
    body: anyValue,
  },
  { requiredKeys: ["kind"] },
);

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const ownColors = /\u001B\[\d+m/g;
const forbidden = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("any record whatever", () => {
  it("is shown without control characters in lines that fit", () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(1, 7, 20, 36, 59, 80, 120),
        fc.constantFrom<("quiet" | "normal" | "verbose")[]>("quiet", "normal", "verbose"),
        fc.boolean(),
        fc.boolean(),
        (records, columns, verbosity, expand, color) => {
          const { show } = screen({ columns, verbosity, expand, color, showMeta: true });
          for (const line of show(...records)) {
            expect(shownCells(line)).toBeLessThanOrEqual(columns);
            const rest = color ? line.replace(ownColors, "") : line;
            expect(forbidden.test(rest), JSON.stringify(rest)).toBe(false);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("plain text", () => {
  it.each([
    ["\u001B[1;31mred\u001B[0m", "red"],
    ["\u001B]8;;http://x\u0007link\u001B]8;;\u0007", "link"],
    ["\u001B]52;c;aGk=\u001B\\copied", "copied"],
    ["a\r\nb\nc\td", "a b c  d"],
    ["abc\u202Edef", "abcdef"],
    ["\u009B31mred", "red"],
    ["👩‍👩‍👧 ❤️", "👩‍👩‍👧 ❤️"],
    ["a\uD800b", "a\uFFFDb"],
  ])("of %j is %j", (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it.each([
    ["Hello → world…", 14],
    ["日本語", 6],
    ["한글", 4],
    ["한글".normalize("NFD"), 4],
    ["e\u0301te\u0301", 3],
    ["👩‍👩‍👧 🇩🇪 👍🏽", 8],
    ["❤️ ✓", 4],
  ])("%s takes %i cells", (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });

  it("is cut from its start, whatever its characters make together", () => {
    expect(withoutStart("😀\u200D1\uFE0Fabcdef", 7)).toMatch(/def$/);
    fc.assert(
      fc.property(anyText.map(plainText), fc.nat(40), (plain, cells) => {
        expect(plain.endsWith(withoutStart(plain, cells).trimStart())).toBe(true);
      }),
    );
  });

  it("is as wide as terminals show it", () => {
    const text = fc.oneof(
      anyText,
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(text.map(plainText), (plain) => {
        expect(cellsOf(plain)).toBe(shownCells(plain));
      }),
      { numRuns: 3000 },
    );
  });

  it("is as wide as terminals show it, character by character", () => {
    const wrong = Array.from({ length: 0x10000 }, (_, unit) => plainText(String.fromCharCode(unit))).filter(
      (plain) => cellsOf(plain) !== shownCells(plain) || cellsOf(`a${plain}b`) !== shownCells(`a${plain}b`),
    );
    expect(wrong).toEqual([]);
  });

  it("is made in time that grows with the text, whatever it is", () => {
    for (const start of ["\u001B]", "\u001B[", "\u001BP"]) {
      const startedAt = performance.now();
      plainText(start.repeat(100_000));
      plainText(start + "0;".repeat(100_000));
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });
});

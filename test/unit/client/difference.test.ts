/** Two answers compared: what is different every time is no difference, everything else is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { differences } from "../../../src/client/difference.ts";
import { filledIn, neededFor } from "../../../src/client/redacted-values.ts";

test.for([
  [{ at: 1_732_416_000_000 }, { at: Date.now() - 5 }],
  [{ at: 1_532_416_000 }, { at: Math.trunc(Date.now() / 1000) + 3600 }],
  [{ text: `1500000000 of 1532416000123` }, { text: `1500000000 of ${Date.now()}` }],
  [{ text: "at 2026-01-01T10:00:00Z" }, { text: "at 2026-02-03T11:12:13.456Z" }],
  [{ text: "id 7f8d7f9e-0000-4000-8000-000000000001" }, { text: "id 11111111-2222-4333-8444-555555555555" }],
  [{ duration_ms: 1 }, { duration_ms: 700 }],
  [{ _meta: { a: 1 } }, {}],
  [{ token: "[redacted]" }, { token: "anything" }],
  [{ text: "Bearer [redacted] used" }, { text: "Bearer abc used" }],
  [{ text: '{"pid": 1, "n": 2}' }, { text: '{ "n": 2, "pid": 3 }' }],
  [
    { result: { tools: [{ name: "a" }, { name: "b" }] } },
    { result: { tools: [{ name: "b" }, { name: "a" }] } },
  ],
] as const)("%j and %j are the same", ([recorded, now]) => {
  expect(differences(recorded, now)).toEqual([]);
});

test.for([
  [{ n: 1 }, { n: 2 }, "n"],
  [{ n: 1 }, { n: "1" }, "n"],
  [{ n: 1 }, {}, "n"],
  [{}, { n: null }, "n"],
  [{ list: [1, 2] }, { list: [1] }, "list[1]"],
  [{ list: [1] }, { list: { 0: 1 } }, "list"],
  [{ duration_ms: 1 }, { duration_ms: "long" }, "duration_ms"],
  [{ text: "1 of 2" }, { text: "1 of 3" }, "text"],
  [{ text: '{"n":1}' }, { text: '{"n":2}' }, "text.n"],
  [{ tools: [{ name: "a" }] }, { tools: [{ name: "a" }, { name: "b" }] }, "tools[b]"],
  [{ token: "[redacted]" }, {}, "token"],
  [{ result: {} }, { error: { code: 1 } }, "result"],
  [{ n: 1_412_000_000 }, { n: 1_428_000_000 }, "n"],
  [{ n: 1_500_000_000_000 }, { n: 1_800_000_000 }, "n"],
  [{ text: "1412000000 people" }, { text: "1428000000 people" }, "text"],
  [{ list: [{ name: "a" }, { name: "b" }] }, { list: [{ name: "b" }, { name: "a" }] }, "list"],
  [
    { list: { properties: { date: { type: "string" } } } },
    { list: { properties: {} } },
    "list.properties.date",
  ],
] as const)("%j and %j differ at %s", ([recorded, now, path]) => {
  expect(differences(recorded, now)[0]?.path).toBe(path);
  expect(differences(recorded, now, ["*", "error", "list", "text.n", "tools[*]"])).toEqual([]);
});

test("any value is the same as itself, and what is put in has no mark left", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => differences(value, structuredClone(value)).length === 0));
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const marked = { a: value, apiKey: "[redacted]", headers: [{ "x-auth": "Bearer [redacted]" }] };
      const names = neededFor([{ value: marked }]).keys();
      const filled = filledIn(marked, new Map([...names].map((name) => [name, "value"])));
      return !JSON.stringify(filled).includes("[redacted]") || JSON.stringify(value).includes("[redacted]");
    }),
  );
  const value = { params: { arguments: { apiKey: "[redacted]", list: ["[redacted]"] } } };
  expect([...neededFor([{ value }]).keys()]).toEqual(["MCP_REPLAY_API_KEY", "MCP_REPLAY_LIST"]);
});

test("what was redacted may have been any text, of any length", () => {
  const mark = "[redacted]";
  const couldBe = ([part = "", ...rest]: readonly string[], text: string): boolean => {
    if (!text.startsWith(part)) return false;
    if (rest.length === 0) return text === part;
    const starts = Array.from({ length: text.length - part.length + 1 }, (_, index) => part.length + index);
    return starts.some((start) => couldBe(rest, text.slice(start)));
  };
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const parts = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(parts, text, (known, now) => {
      const isSame = differences({ text: known.join(mark) }, { text: now }).length === 0;
      expect(isSame).toBe(couldBe(known, now));
    }),
    { numRuns: 2000 },
  );
});

test("an answer with a thousand redacted values is compared", () => {
  const answer = (value: (index: number) => string, total: number): { text: string } => ({
    text: `${Array.from({ length: 1000 }, (_, index) => `GET /items password=${value(index)} 200\n`).join("")}${total}`,
  });
  const recorded = answer(() => "[redacted]", 1);
  expect(
    differences(
      recorded,
      answer((index) => `hunter${index}`, 1),
    ),
  ).toEqual([]);
  expect(
    differences(
      recorded,
      answer((index) => `hunter${index}`, 2),
    ),
  ).toHaveLength(1);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterFor, type FilterOptions } from "../../../src/log/filter.ts";
import { entriesOf } from "../../../src/log/scan.ts";
import { line, startMs } from "./log-samples.ts";

const message = { dir: "c2s", bytes: 2, stream: undefined };
const call = { ...message, session: "s1", "mcp.method.name": "tools/call", "gen_ai.tool.name": "add" };
const log = [
  line(1, { kind: "session", event: "connect", transport: "http", session: "s1", "mcp.session.id": "abc-1" }),
  line(2, { ...call, kind: "request", body: { id: 1 } }),
  line(3, { ...call, kind: "response", duration_ms: 1, "error.type": "tool_error", body: "failed (badly)" }),
  line(4, { ...message, kind: "notification", session: "s2", "mcp.method.name": "resources/updated" }),
  line(5, { kind: "reload", event: "failed", generation: 2 }),
  line(6, { kind: "error", body: { message: "crash" } }),
  line(7, { body: 'an "error" and "failed" and "s1" and "add" in a text' }),
  "no record",
];

function passing(options: FilterOptions): (number | string)[] {
  const bytes = Buffer.from(`${log.join("\n")}\n`);
  const entries = entriesOf([{ type: "lines", bytes }], { log: "log", filter: filterFor(options) });
  return entries.map((entry) => (entry.type === "record" ? entry.record.seq : entry.type));
}

describe("filterFor", () => {
  test.each<[string, FilterOptions, (number | string)[]]>([
    ["nothing asked", {}, [1, 2, 3, 4, 5, 6, 7, "unreadable"]],
    ["a session", { sessions: ["s1"] }, [1, 2, 3]],
    ["the protocol's session id", { sessions: ["abc-1"] }, [1]],
    ["comma is or", { sessions: ["s1", "s2"] }, [1, 2, 3, 4]],
    ["an event", { events: ["connect"] }, [1]],
    ["a kind", { events: ["reload", "error"] }, [5, 6]],
    ["a call and its answer", { methods: ["tools/call"] }, [2, 3]],
    ["all methods of a family", { methods: ["resources/*"] }, [4]],
    ["a tool", { tools: ["add"] }, [2, 3]],
    ["errors", { errors: true }, [3, 5, 6]],
    ["flags are and", { errors: true, tools: ["add"] }, [3]],
    ["a pattern", { pattern: /\(badly\)|crash/ }, [3, 6]],
    ["since", { sinceMs: startMs + 6000 }, [6, 7, "unreadable"]],
    ["until, inclusive", { untilMs: startMs + 2000 }, [1, 2, "unreadable"]],
  ])("%s", (_, options, expected) => {
    expect(passing(options)).toEqual(expected);
  });

  test("skipping lines by their bytes loses none", () => {
    const one = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });
    const words = (values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: undefined });
    const options = fc.record({
      errors: one(true),
      sessions: words(["s1", "s2", "abc-1"]),
      events: words(["connect", "failed", "output"]),
      methods: words(["tools/*", "resources/updated", "*"]),
      tools: words(["add", "other"]),
    });
    fc.assert(
      fc.property(options, (given) => {
        const some = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const filter = filterFor(some);
        const bytes = Buffer.from(log.join("\n"));
        const scan = (anyOf: readonly Buffer[]) =>
          entriesOf([{ type: "lines", bytes }], { log: "log", filter: { ...filter, anyOf } });
        expect(scan(filter.anyOf)).toEqual(scan([]));
      }),
    );
  });
});

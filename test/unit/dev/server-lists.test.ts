/** What a reload says of the server's lists. */
import { expect, test } from "vitest";
import type { ToolAlone } from "../../../src/child/messages.ts";
import type { RecordInput } from "../../../src/log/record.ts";
import { ServerLists } from "../../../src/dev/server-lists.ts";

const answer = (id: string, result: object): string => JSON.stringify({ jsonrpc: "2.0", id, result });
const missing = (id: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
const failed = (id: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32603, message: "no schema" } });

function reporting() {
  const records: RecordInput[] = [];
  const lists = new ServerLists((record) => records.push(record));
  /** Returns of what is recorded. */
  const withAlone = (
    generation: number,
    alone: readonly ToolAlone[] | undefined,
    ...answers: readonly string[]
  ): RecordInput[] => {
    lists.reported({ answers, ...(alone === undefined ? {} : { alone }) }, generation);
    return records.splice(0);
  };
  const report = (generation: number, ...answers: readonly string[]): RecordInput[] =>
    withAlone(generation, undefined, ...answers);
  return Object.assign(report, {
    twice: (generation: number, name: string) => lists.addedTwice({ kind: "tool", name }, generation),
    alone: withAlone,
    offer: () => lists.offer,
  });
}

test("the first report is what later ones are compared with", () => {
  const report = reporting();
  const first = [answer("tools/list", { tools: [{ name: "a" }] }), missing("prompts/list")];
  expect(report(1, ...first)).toEqual([]);
  expect(report(2, ...first)).toEqual([]);
  const second = [missing("tools/list"), answer("prompts/list", { prompts: [{ name: "p" }] })];
  const changes = { added: ["prompt p"], changed: [], removed: ["tool a"] };
  expect(report(3, ...second)).toEqual([
    { kind: "reload", event: "lists", generation: 3, body: { changes } },
  ]);
});

test("a list that the server fails to make is said to fail, each time, and then to be there again", () => {
  const report = reporting();
  const tools = answer("tools/list", { tools: [{ name: "a" }, { name: "b" }] });
  report(1, tools);
  const failures = ["tools/list fails: no schema"];
  const nothing = { added: [], changed: [], removed: [] };
  for (const generation of [2, 3]) {
    expect(report(generation, failed("tools/list"))).toEqual([
      {
        kind: "reload",
        event: "lists",
        generation,
        "error.type": "-32603",
        body: { changes: nothing, failures },
      },
    ]);
    expect(report.offer()).toMatchObject({ tools: [], failures: [{ method: "tools/list" }] });
  }
  expect(report(4, tools)).toMatchObject([
    { body: { changes: { ...nothing, added: ["tool a", "tool b"] } } },
  ]);
  expect(report.offer()).toMatchObject({ tools: [{ name: "a" }, { name: "b" }], failures: [] });
  expect(report(5, "no JSON", answer("other/list", {}))).toEqual([]);
});

test("a first list that fails is said, with the tools that it fails for", () => {
  const report = reporting();
  const alone = [
    { name: "a", answer: answer("x", { tools: [{ name: "a" }] }) },
    { name: "b", answer: failed("y") },
    { name: "c", answer: failed("z") },
  ];
  expect(report.alone(1, alone, failed("tools/list"))).toMatchObject([
    { body: { failures: ["tools/list fails: tool b: no schema; tool c: no schema"] } },
  ]);
  expect(report(2, answer("tools/list", { tools: [{ name: "a" }] }))).toMatchObject([
    { body: { changes: { added: ["tool a"] } } },
  ]);
});

test("a name that is there twice or is none is warned of when it comes, and not again while it stays", () => {
  const report = reporting();
  const tools = (...names: readonly string[]): string =>
    answer("tools/list", { tools: names.map((name) => ({ name })) });
  report.twice(1, "a");
  const twice = "tool a is added twice; clients see only the later one";
  expect(report(1, tools("a"))).toMatchObject([{ body: { warnings: [twice] } }]);
  report.twice(2, "a");
  expect(report(2, tools("a"))).toEqual([]);
  report.twice(3, "a");
  const [record] = report(3, tools("a", "b b"));
  expect(record).toMatchObject({ body: { changes: { added: ["tool b b"] }, warnings: [expect.anything()] } });
  expect(JSON.stringify(record)).toContain("\"tool b b: its name breaks the protocol's rule");
  // One that never serves is not spoken of.
  report.twice(4, "c");
  report(5, tools("a", "b b"));
  report.twice(6, "a");
  expect(report(6, tools("a", "b b"))).toMatchObject([{ body: { warnings: [twice] } }]);
});

/** What a reload says of the server's lists. */
import { expect, test } from "vitest";
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
  const report = (generation: number, ...answers: readonly string[]): RecordInput[] => {
    lists.reported(answers, generation);
    return records.splice(0);
  };
  return report;
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

test("a list that the server fails to make is not gone", () => {
  const report = reporting();
  report(1, answer("tools/list", { tools: [{ name: "a" }] }));
  expect(report(2, failed("tools/list"))).toEqual([]);
  expect(report(3, answer("tools/list", { tools: [{ name: "b" }] }))).toMatchObject([
    { body: { changes: { added: ["tool b"], changed: [], removed: ["tool a"] } } },
  ]);
  expect(report(4, "no JSON", answer("other/list", {}))).toEqual([]);
});

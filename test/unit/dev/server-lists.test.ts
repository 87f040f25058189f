/** What a reload says of the server's lists. */
import { expect, test } from "vitest";
import { ServerLists } from "../../../src/dev/server-lists.ts";

const answer = (id: string, result: object): string => JSON.stringify({ jsonrpc: "2.0", id, result });
const missing = (id: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
const failed = (id: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32603, message: "no schema" } });

test("the first report is what later ones are compared with", () => {
  const lists = new ServerLists();
  const first = [answer("tools/list", { tools: [{ name: "a" }] }), missing("prompts/list")];
  expect(lists.compare(first)).toBeUndefined();
  expect(lists.compare(first)).toBeUndefined();
  const second = [missing("tools/list"), answer("prompts/list", { prompts: [{ name: "p" }] })];
  expect(lists.compare(second)).toEqual({
    changes: { added: ["prompt p"], changed: [], removed: ["tool a"] },
  });
});

test("a list that the server fails to make is not gone", () => {
  const lists = new ServerLists();
  lists.compare([answer("tools/list", { tools: [{ name: "a" }] })]);
  expect(lists.compare([failed("tools/list")])).toBeUndefined();
  expect(lists.compare([answer("tools/list", { tools: [{ name: "b" }] })])).toEqual({
    changes: { added: ["tool b"], changed: [], removed: ["tool a"] },
  });
  expect(lists.compare(["no JSON", answer("other/list", {})])).toBeUndefined();
});

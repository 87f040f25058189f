/** What the endpoint adds to a server's answers. */
import { expect, test } from "vitest";
import { answerForClient } from "../../../src/relay/advertised.ts";
import type { Request, Response } from "../../../src/relay/json-rpc.ts";

const request = (method: string): Request => ({ jsonrpc: "2.0", id: 1, method });
const result = (of: unknown): Response => ({ jsonrpc: "2.0", id: 1, result: of });
const notFound: Response = { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "Method not found" } };

test("a server with a tool alone advertises all lists, and what else it said", () => {
  const said = {
    protocolVersion: "2025-06-18",
    capabilities: { logging: {}, tools: { extra: 1 } },
    serverInfo: { name: "a", version: "1" },
    instructions: "Read this",
  };
  expect(answerForClient(request("initialize"), result(said))).toEqual(
    result({
      ...said,
      capabilities: {
        logging: {},
        tools: { extra: 1, listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
      },
    }),
  );
});

test("a server that has resources and no subscriptions gets none", () => {
  const said = { capabilities: { resources: { listChanged: false } } };
  expect(answerForClient(request("initialize"), result(said))).toMatchObject({
    result: { capabilities: { resources: { listChanged: true } } },
  });
  expect(JSON.stringify(answerForClient(request("initialize"), result(said)))).not.toContain("subscribe");
});

test("what needs no addition stays the same object", () => {
  const listChanged = true;
  const complete = result({
    capabilities: { tools: { listChanged }, prompts: { listChanged }, resources: { listChanged } },
  });
  const refused: Response = { jsonrpc: "2.0", id: 1, error: { code: -32602, message: "no such version" } };
  for (const answer of [complete, refused])
    expect(answerForClient(request("initialize"), answer)).toBe(answer);
  for (const method of ["tools/call", "prompts/get", "resources/read", "completion/complete"])
    expect(answerForClient(request(method), notFound)).toBe(notFound);
  const tools = result({ tools: [{ name: "a" }] });
  expect(answerForClient(request("tools/list"), tools)).toBe(tools);
  expect(answerForClient(request("tools/list"), refused)).toBe(refused);
});

test.each([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
])("%s of a server that has none is empty", (method, key) => {
  expect(answerForClient(request(method), notFound)).toEqual(result({ [key]: [] }));
});

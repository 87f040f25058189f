/** Records of messages: attributes for readers, the body as it was sent. */
import { expect, test } from "vitest";
import type { Request } from "../../../src/relay/json-rpc.ts";
import {
  httpErrorRecord,
  notificationRecord,
  pendingRequest,
  requestRecord,
  responseRecord,
} from "../../../src/relay/traffic.ts";

const ask = (method: string, params: Record<string, unknown>): Request => ({
  jsonrpc: "2.0",
  id: 3,
  method,
  params,
});

test.each([
  ["tools/call", { name: "greet", arguments: {} }, { "gen_ai.tool.name": "greet" }],
  ["prompts/get", { name: "hello" }, { "gen_ai.prompt.name": "hello" }],
  ["resources/read", { uri: "a://b" }, { "mcp.resource.uri": "a://b" }],
])("%s names what it is about, in its answer too", (method, params, attributes) => {
  const pending = pendingRequest(ask(method, params), 2);
  const common = { generation: 2, "mcp.method.name": method, "jsonrpc.request.id": "3", ...attributes };
  expect(requestRecord("c2s", pending, 10)).toEqual({
    kind: "request",
    dir: "c2s",
    bytes: 10,
    body: pending.request,
    ...common,
  });
  const response = { jsonrpc: "2.0", id: 3, result: {} } as const;
  expect(responseRecord("s2c", pending, response, 5)).toMatchObject({
    kind: "response",
    body: response,
    ...common,
  });
});

test.each([
  [{ error: { code: -32601, message: "no" } }, "-32601"],
  [{ result: { isError: true, content: [] } }, "tool_error"],
  [{ result: { isError: false } }, undefined],
])("%j is an error of type %s", (outcome, type) => {
  const record = responseRecord(
    "s2c",
    pendingRequest(ask("tools/call", { name: "x" }), 1),
    { jsonrpc: "2.0", id: 3, ...outcome },
    1,
  );
  expect(record["error.type"]).toBe(type);
});

test("an HTTP status instead of an answer", () => {
  const record = httpErrorRecord(pendingRequest(ask("initialize", {}), 1), 401, "né");
  expect(record).toMatchObject({
    dir: "s2c",
    "error.type": "http_401",
    bytes: 3,
    body: { status: 401, text: "né" },
  });
});

test("a notification has a method and no id", () => {
  const body = { jsonrpc: "2.0", method: "notifications/message" } as const;
  expect(notificationRecord("s2c", body, 4, 9)).toEqual({
    kind: "notification",
    dir: "s2c",
    generation: 4,
    "mcp.method.name": "notifications/message",
    bytes: 9,
    body,
  });
});

/** Messages: what is one, and what it is. */
import { expect, test } from "vitest";
import { at, isNotification, isRequest, isResponse, parseMessages } from "../../../src/relay/json-rpc.ts";

const request = { jsonrpc: "2.0", id: 0, method: "ping" };
const notification = { jsonrpc: "2.0", method: "notifications/initialized" };
const result = { jsonrpc: "2.0", id: "a", result: {} };
const error = { jsonrpc: "2.0", id: 7, error: { code: -32601, message: "no" } };

test.each([
  [request, "request"],
  [notification, "notification"],
  [result, "response"],
  [error, "response"],
])("%j is one %s", (message, kind) => {
  const [parsed] = parseMessages(JSON.stringify(message)) ?? [];
  expect(parsed).toEqual(message);
  const kinds = { request: isRequest, notification: isNotification, response: isResponse };
  const found = Object.entries(kinds).filter(([, is]) => parsed !== undefined && is(parsed));
  expect(found.map(([name]) => name)).toEqual([kind]);
});

test("a batch is its messages in order", () => {
  expect(parseMessages(JSON.stringify([request, notification, error]))).toEqual([
    request,
    notification,
    error,
  ]);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  "42",
  '"ping"',
  '{"id":1,"method":"ping"}',
  '{"jsonrpc":"1.0","id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1}',
  '{"jsonrpc":"2.0","id":null,"result":{}}',
  '{"jsonrpc":"2.0","id":{},"method":"ping"}',
  `[${JSON.stringify(request)},{}]`,
])("%s is no message", (text) => {
  expect(parseMessages(text)).toBeUndefined();
});

test("a path leads to a value or to nothing", () => {
  const value = { params: { _meta: { token: 0 } }, list: [1] };
  expect(at(value, "params", "_meta", "token")).toBe(0);
  expect(at(value, "params", "token", "deeper")).toBeUndefined();
  expect(at(value, "list", "0")).toBeUndefined();
});

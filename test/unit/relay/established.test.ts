/** What a session established: replayed whole, in order, and nothing that the server refused. */
import { expect, test } from "vitest";
import { cancelledRequest, Established } from "../../../src/relay/established.ts";
import type { Request } from "../../../src/relay/json-rpc.ts";

const initialize: Request = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", clientInfo: { name: "someone", version: "2.0" } },
};
const ask = (method: string, params: Record<string, unknown>): Request => ({
  jsonrpc: "2.0",
  id: 9,
  method,
  params,
});

function established(): Established {
  const session = new Established();
  session.answered(initialize, { jsonrpc: "2.0", id: 0, result: { protocolVersion: "2025-03-26" } });
  session.noted({ jsonrpc: "2.0", method: "notifications/initialized" });
  return session;
}
const accept = (session: Established, request: Request): void =>
  session.answered(request, { jsonrpc: "2.0", id: 9, result: {} });
function replayed(session: Established): unknown[] {
  let count = 0;
  return session
    .replay(() => `own-${++count}`)
    .map((message) => ("method" in message ? [message.method, "id" in message ? message.id : "-"] : []));
}

test("nothing before initialize was answered", () => {
  expect(new Established().replay(() => 0)).toEqual([]);
});

test("initialize, initialized, log level, subscriptions, each request with an id of our own", () => {
  const session = established();
  accept(session, ask("resources/subscribe", { uri: "a://1" }));
  accept(session, ask("logging/setLevel", { level: "info" }));
  accept(session, ask("resources/subscribe", { uri: "a://2" }));
  expect(replayed(session)).toEqual([
    ["initialize", "own-1"],
    ["notifications/initialized", "-"],
    ["logging/setLevel", "own-2"],
    ["resources/subscribe", "own-3"],
    ["resources/subscribe", "own-4"],
  ]);
});

test("the latest level counts; what was unsubscribed or refused is gone", () => {
  const session = established();
  accept(session, ask("logging/setLevel", { level: "info" }));
  accept(session, ask("logging/setLevel", { level: "debug" }));
  accept(session, ask("resources/subscribe", { uri: "a://1" }));
  accept(session, ask("resources/unsubscribe", { uri: "a://1" }));
  session.answered(ask("resources/subscribe", { uri: "a://2" }), {
    jsonrpc: "2.0",
    id: 9,
    error: { code: 1, message: "no" },
  });
  expect(session.replay(() => 1).slice(2)).toMatchObject([{ params: { level: "debug" } }]);
});

test("a refused initialize establishes nothing", () => {
  const session = new Established();
  session.answered(initialize, { jsonrpc: "2.0", id: 0, error: { code: -32602, message: "no" } });
  expect(session.initialize).toBeUndefined();
});

test("who the client is, and which revision was agreed", () => {
  expect(established()).toMatchObject({
    client: { name: "someone", version: "2.0" },
    protocolVersion: "2025-03-26",
  });
});

test("roots are known until the client says that they changed", () => {
  const session = established();
  session.clientAnswered("roots/list", { jsonrpc: "2.0", id: 1, result: { roots: [{ uri: "file:///a" }] } });
  expect(session.roots).toEqual({ roots: [{ uri: "file:///a" }] });
  session.noted({ jsonrpc: "2.0", method: "notifications/roots/list_changed" });
  expect(session.roots).toBeUndefined();
});

test("which request a notification withdraws", () => {
  const cancel = (params: Record<string, unknown>) =>
    cancelledRequest({ jsonrpc: "2.0", method: "notifications/cancelled", params });
  expect(cancel({ requestId: 0 })).toBe(0);
  expect(cancel({})).toBeUndefined();
  expect(cancelledRequest(initialize)).toBeUndefined();
});

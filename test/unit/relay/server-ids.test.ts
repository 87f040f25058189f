/** The server's own ids: one name for each of them at the client, and back to the child that asked. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Id } from "../../../src/relay/json-rpc.ts";
import {
  fromClientId,
  fromClientProgress,
  toClientId,
  toClientNotification,
  toClientRequest,
} from "../../../src/relay/server-ids.ts";

const id = fc.oneof(fc.string(), fc.integer()) satisfies fc.Arbitrary<Id>;
const generation = fc.integer({ min: 1, max: 99 });

test("round trip: whatever a child calls its request, the answer finds it", () => {
  const property = fc.property(generation, id, (number, own) => {
    // An id of the first child that looks like ours is not to be had from the SDK, which counts.
    fc.pre(number > 1 || typeof own !== "string" || !/^g\d+:/.test(own));
    expect(fromClientId(toClientId(number, own))).toEqual({ generation: number, id: own });
  });
  fc.assert(property);
});

test("two children's ids never meet", () => {
  const property = fc.property(generation, fc.integer(), generation, fc.integer(), (one, a, other, b) => {
    fc.pre(one !== other || a !== b);
    expect(toClientId(one, a)).not.toBe(toClientId(other, b));
  });
  fc.assert(property);
});

test("the first child's messages stay as they are", () => {
  const request = { jsonrpc: "2.0", id: 0, method: "roots/list" } as const;
  expect(toClientRequest(1, request)).toBe(request);
  expect(fromClientId("anything")).toEqual({ generation: 1, id: "anything" });
  expect(fromClientId("g2:{broken")).toEqual({ generation: 1, id: "g2:{broken" });
});

test("the progress token goes with the id, there and back", () => {
  const params = { messages: [], _meta: { progressToken: 4, more: true } };
  const request = toClientRequest(3, { jsonrpc: "2.0", id: 4, method: "sampling/createMessage", params });
  expect(request).toMatchObject({
    id: "g3:4",
    params: { messages: [], _meta: { progressToken: "g3:4", more: true } },
  });
  const progress = { progressToken: "g3:4", progress: 1 };
  const back = fromClientProgress({ jsonrpc: "2.0", method: "notifications/progress", params: progress });
  expect(back).toMatchObject({ generation: 3, notification: { params: { progressToken: 4, progress: 1 } } });
});

test("a server withdraws its request by the id that the client knows; other notifications stay", () => {
  const cancel = {
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 2, reason: "late" },
  } as const;
  expect(toClientNotification(5, cancel).params).toEqual({ requestId: "g5:2", reason: "late" });
  const other = { jsonrpc: "2.0", method: "notifications/message", params: { requestId: 2 } } as const;
  expect(toClientNotification(5, other)).toBe(other);
  expect(fromClientProgress(other)).toBeUndefined();
});

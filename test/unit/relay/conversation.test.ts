/** A conversation: every request one answer, and every message to the child that it is for. */
import { expect, test } from "vitest";
import type { RecordInput } from "../../../src/log/record.ts";
import { Conversation } from "../../../src/relay/conversation.ts";
import { Generations } from "../../../src/relay/generations.ts";
import type { Request, Response } from "../../../src/relay/json-rpc.ts";

const call: Request = { jsonrpc: "2.0", id: 5, method: "tools/call", params: { name: "slow" } };
const answer = (id: string | number): Response => ({ jsonrpc: "2.0", id, result: {} });
const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } } as const;

function talk() {
  const records: RecordInput[] = [];
  const generations = new Generations({ waitTimeoutMs: 1000, waitingMax: 1 });
  generations.use({ generation: 1 });
  const conversation = new Conversation(
    (record) => records.push(record),
    () => "s1",
    generations,
  );
  conversation.story.open({ transport: "http", generation: 1 });
  conversation.story.happened({ event: "ready" }, 1);
  records.length = 0;
  const kinds = (): string[] => records.map(({ kind }) => kind);
  return { conversation, generations, records, kinds };
}

test("an answer passes once; its double is dropped and said so", () => {
  const { conversation, kinds, records } = talk();
  conversation.asked(call, 1, 10);
  expect(conversation.fromServer(answer(5), 1, 3)).toEqual(answer(5));
  expect(conversation.fromServer(answer(5), 1, 3)).toBeUndefined();
  expect(kinds()).toEqual(["request", "response", "drop"]);
  expect(records[2]).toMatchObject({ count: 1, generation: 1 });
});

test("another child cannot answer it", () => {
  const { conversation } = talk();
  conversation.asked(call, 1, 10);
  expect(conversation.fromServer(answer(5), 2, 3)).toBeUndefined();
  expect(conversation.fromServer(answer(5), 1, 3)).toBeDefined();
});

test("what the endpoint answers for a dead child is the only answer", () => {
  const { conversation, kinds } = talk();
  conversation.asked(call, 1, 10);
  expect(conversation.askedIn(1)).toEqual([call]);
  expect(conversation.answerFor(call, "it crashed")).toMatchObject({
    id: 5,
    error: { message: "it crashed" },
  });
  expect(conversation.askedIn(1)).toEqual([]);
  expect(conversation.fromServer(answer(5), 1, 3)).toBeUndefined();
  expect(kinds()).toEqual(["request", "response", "drop"]);
});

test("a request that was never sent is recorded with its answer", () => {
  const { conversation, kinds } = talk();
  expect(conversation.answerFor(call, "nothing serves")).toMatchObject({ id: 5, error: {} });
  conversation.refused({ ...call, id: 6 }, 401, "no");
  expect(kinds()).toEqual(["request", "response", "request", "response"]);
});

test("a child is drained when it has answered, or the client withdrew", async () => {
  const { conversation, generations } = talk();
  conversation.asked(call, 1, 10);
  conversation.asked({ ...call, id: 6 }, 1, 10);
  let drained = false;
  const done = generations.drained(1).then(() => (drained = true));
  conversation.fromServer(answer(6), 1, 1);
  await Promise.resolve();
  expect(drained).toBe(false);
  expect(conversation.fromClient(cancel, 1)).toEqual({ generation: 1, message: cancel });
  await done;
  expect(conversation.fromServer(answer(5), 1, 1)).toBeUndefined();
});

test("the server's requests of two children with one id: each gets its own answer", () => {
  const { conversation } = talk();
  const sampling: Request = { jsonrpc: "2.0", id: 0, method: "sampling/createMessage" };
  const asked = [1, 2].map((generation) => conversation.fromServer(sampling, generation, 1) as Request);
  const [first, second] = asked.map(({ id }) => id);
  expect(first).not.toBe(second);
  expect(conversation.fromClient(answer(second ?? ""), 1)).toEqual({ generation: 2, message: answer(0) });
  expect(conversation.fromClient(answer(first ?? ""), 1)).toEqual({ generation: 1, message: answer(0) });
});

test("other notifications of the client go to whoever serves, and are recorded when they do", () => {
  const { conversation, records } = talk();
  const changed = { jsonrpc: "2.0", method: "notifications/roots/list_changed" } as const;
  expect(conversation.fromClient(changed, 1)).toEqual({ generation: undefined, message: changed });
  expect(records).toEqual([]);
  conversation.noted(changed, 1, 1);
  expect(records).toMatchObject([{ kind: "notification", dir: "c2s", generation: 1 }]);
});

test("a request that its child never got is answered by another one", async () => {
  const { conversation, generations, kinds } = talk();
  conversation.asked(call, 1, 10);
  conversation.askedInstead(call, 2);
  await generations.drained(1);
  expect(conversation.fromServer(answer(5), 2, 3)).toEqual(answer(5));
  await generations.drained(2);
  expect(kinds()).toEqual(["request", "response"]);
});

test("a client that connects, lists or pings has not called the server", () => {
  const { conversation, generations } = talk();
  const ask = (method: string): void => {
    conversation.asked({ ...call, method }, 1, 10);
    conversation.askedInstead({ ...call, method }, 1);
    conversation.fromServer(answer(5), 1, 3);
  };
  for (const method of ["initialize", "ping", "tools/list", "logging/setLevel"]) ask(method);
  expect(generations.lastCallAt).toBe(0);
  ask("resources/read");
  expect(generations.lastCallAt).toBeGreaterThan(0);
});

/** A duplex session whose lists are other ones after a reload. */
import { expect, test } from "vitest";
import { isNotification } from "../../../src/relay/json-rpc.ts";
import { DuplexModel, type FakeChild } from "./duplex-model.ts";

const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

function told(model: DuplexModel): unknown[] {
  return model.toClient.filter(isNotification);
}

/** The client's, restored in a next child. */
async function switched(model: DuplexModel): Promise<FakeChild> {
  const next = model.serve();
  await model.settle();
  next.answer();
  await model.settle();
  return next;
}

async function isAsked(child: FakeChild): Promise<void> {
  await expect.poll(() => child.pending.map(({ method }) => method)).toEqual(["tools/list"]);
}

test("the client is told, and what was asked for it is not its own", async () => {
  const model = new DuplexModel();
  const first = await model.established();
  model.request("tools/list");
  first.answer();
  const next = await switched(model);
  await isAsked(next);
  const heard = model.toClient.length;
  const recorded = model.records.length;
  next.answer();
  await model.settle();
  expect(model.toClient.slice(heard)).toEqual([changed]);
  expect(model.records.slice(recorded)).toMatchObject([{ kind: "notification", dir: "s2c", generation: 2 }]);
  await model.generations.drained(2);
});

test("the old child answers late: its list is compared with the new one", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  const id = model.request("tools/list");
  const next = await switched(model);
  old.answer();
  expect(model.answersTo(id)).toMatchObject([{ result: { tools: [{ name: "tool1" }] } }]);
  await isAsked(next);
  next.answer();
  await model.settle();
  expect(told(model)).toEqual([changed]);
});

test("a child that crashes while it is asked says nothing; the next one is asked", async () => {
  const model = new DuplexModel();
  const first = await model.established();
  model.request("tools/list");
  first.answer();
  const second = await switched(model);
  await isAsked(second);
  model.crash(second);
  const third = await switched(model);
  await isAsked(third);
  expect(told(model)).toEqual([]);
  third.answer();
  await model.settle();
  expect(told(model)).toEqual([changed]);
});

/** A duplex session: one pipe for the client, whatever becomes of the children. */
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { isRequest, type Id } from "../../../src/relay/json-rpc.ts";
import { DuplexModel, type FakeChild } from "./duplex-model.ts";

test("what comes while nothing serves waits, and is sent in order", async () => {
  const model = new DuplexModel();
  const ids = [model.request("initialize"), model.request(), model.request()];
  await model.settle();
  const child = model.serve();
  await model.settle();
  expect(child.received).toMatchObject(ids.map((id) => ({ id })));
});

test("nothing serves in time: each waiting request gets the reason", async () => {
  const model = new DuplexModel({ waitTimeoutMs: 5, waitingMax: 10 });
  const ids = [model.request("initialize"), model.request()];
  model.generations.explain("Unexpected token");
  await expect.poll(() => model.toClient.length).toBe(2);
  for (const id of ids)
    expect(model.answersTo(id)).toMatchObject([
      { error: { message: expect.stringContaining("Unexpected token") as string } },
    ]);
});

test("a new child is told what was established, and the client hears nothing of it", async () => {
  const model = new DuplexModel();
  await model.established();
  const heard = model.toClient.length;
  const next = model.serve();
  const id = model.request();
  await model.settle();
  expect(next.methods()).toEqual(["initialize"]);
  next.answer();
  await model.settle();
  expect(next.methods()).toEqual(["initialize", "notifications/initialized", "tools/call"]);
  expect(model.toClient).toHaveLength(heard);
  next.answer();
  expect(model.answersTo(id)).toMatchObject([{ result: { by: 2 } }]);
});

test("what the old child has in flight it answers, after the switch too", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  const id = model.request();
  model.serve();
  await model.settle();
  old.say({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
  old.answer();
  expect(model.toClient.slice(-2)).toMatchObject([
    { method: "notifications/progress" },
    { id, result: { by: 1 } },
  ]);
});

test("a crash answers what was in flight once; the next child takes over", async () => {
  const model = new DuplexModel();
  const child = await model.established();
  const lost = model.request();
  model.crash(child);
  const waiting = model.request();
  expect(model.answersTo(lost)).toMatchObject([{ error: { message: "it crashed" } }]);
  const next = model.serve();
  await model.settle();
  next.answer();
  await model.settle();
  next.answer();
  expect(model.answersTo(waiting)).toMatchObject([{ result: { by: 2 } }]);
});

test("a child that crashes while a session is restored in it is not waited for", async () => {
  const model = new DuplexModel();
  await model.established();
  const broken = model.serve();
  const id = model.request();
  await model.settle();
  model.crash(broken);
  const good = model.serve();
  await model.settle();
  good.answer();
  await model.settle();
  good.answer();
  expect(model.answersTo(id)).toMatchObject([{ result: { by: 3 } }]);
});

test("a session that nobody uses is restored in the child that serves, whatever became of those before", async () => {
  for (const leaves of ["before it is restored", "afterwards"]) {
    const model = new DuplexModel();
    await model.established();
    const passing = model.serve();
    await model.settle();
    const last = model.serve();
    if (leaves === "before it is restored") model.crash(passing);
    else passing.answer();
    await model.settle();
    last.answer();
    await model.settle();
    expect([leaves, last.methods()]).toEqual([leaves, ["initialize", "notifications/initialized"]]);
  }
});

test("a child that is ended at any step of being connected is not waited for", async () => {
  for (let steps = 0; steps < 12; steps++) {
    const model = new DuplexModel();
    await model.established();
    const passing = model.serve();
    for (let step = 0; step < steps; step++) await Promise.resolve();
    const last = model.serve();
    model.crash(passing);
    model.send({ jsonrpc: "2.0", method: "notifications/other" });
    await model.settle();
    last.answer();
    await model.settle();
    const restored = ["initialize", "notifications/initialized", "notifications/other"];
    expect([steps, last.methods()]).toEqual([steps, restored]);
  }
});

test("the end of the handshake, when it waits at a switch, reaches the new child once", async () => {
  const model = new DuplexModel();
  const old = model.serve();
  model.request("initialize");
  await model.settle();
  old.answer();
  const next = model.serve();
  model.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  model.request();
  await model.settle();
  next.answer();
  await model.settle();
  expect(next.methods()).toEqual(["initialize", "notifications/initialized", "tools/call"]);
  expect(old.methods()).toEqual(["initialize"]);
});

test("a client that leaves while its session is restored: that child is let go, and is told no more", async () => {
  const model = new DuplexModel();
  await model.established();
  const next = model.serve();
  await model.settle();
  model.send({ jsonrpc: "2.0", method: "notifications/other" });
  model.session.end();
  expect(next.closed).toBe(true);
  next.answer();
  await model.settle();
  expect(next.methods()).toEqual(["initialize"]);
});

test("what the client establishes at a switch reaches each child once", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  const subscribe = (uri: string): void =>
    model.send({ jsonrpc: "2.0", id: uri, method: "resources/subscribe", params: { uri } });
  const told = (child: FakeChild): unknown[] =>
    child.received.filter((message) => "method" in message && message.method === "resources/subscribe");
  for (const uri of ["during the restore", "after it"]) subscribe(uri);
  const next = model.serve();
  subscribe("waiting");
  await model.settle();
  old.answer();
  next.answer();
  await model.settle();
  next.answer(next.pending.findIndex(({ id }) => String(id).startsWith("create-fastmcp")));
  await model.settle();
  const heard = model.toClient.length;
  old.answer();
  await model.settle();
  expect(model.toClient).toHaveLength(heard + 1);
  expect(told(old)).toHaveLength(2);
  expect(told(next)).toMatchObject(
    ["during the restore", "waiting", "after it"].map((uri) => ({ params: { uri } })),
  );
});

test("a request that is withdrawn while it waits reaches no child", async () => {
  const model = new DuplexModel();
  const [kept, withdrawn] = [model.request(), model.request()];
  model.cancel(withdrawn);
  const child = model.serve();
  await model.settle();
  expect(child.received).toMatchObject([{ id: kept }]);
});

test("a request is withdrawn from the child that has it, after the switch too", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  const id = model.request();
  const next = model.serve();
  await model.settle();
  model.cancel(id);
  expect(old.methods().at(-1)).toBe("notifications/cancelled");
  expect(next.methods()).not.toContain("notifications/cancelled");
  await model.generations.drained(1);
});

test("a child that asks the client while the session is restored in it gets the answer", async () => {
  const model = new DuplexModel();
  await model.established();
  const next = model.serve();
  await model.settle();
  next.say({ jsonrpc: "2.0", id: 0, method: "sampling/createMessage" });
  const [asked] = model.toClient.filter(isRequest);
  model.send({ jsonrpc: "2.0", id: asked?.id ?? "", result: { word: "yes" } });
  expect(next.received.at(-1)).toEqual({ jsonrpc: "2.0", id: 0, result: { word: "yes" } });
});

test("an answer to a server's request goes to the child that asked, with its own id", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  old.say({ jsonrpc: "2.0", id: 0, method: "sampling/createMessage" });
  const next = model.serve();
  await model.settle();
  next.answer();
  await model.settle();
  next.say({ jsonrpc: "2.0", id: 0, method: "sampling/createMessage" });
  const asked = model.toClient.filter(isRequest);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
  for (const [index, { id }] of asked.entries()) model.send({ jsonrpc: "2.0", id, result: { index } });
  expect(old.received.at(-1)).toEqual({ jsonrpc: "2.0", id: 0, result: { index: 0 } });
  expect(next.received.at(-1)).toEqual({ jsonrpc: "2.0", id: 0, result: { index: 1 } });
});

test("roots that the client has told are not asked again", async () => {
  const model = new DuplexModel();
  const old = await model.established();
  old.say({ jsonrpc: "2.0", id: 0, method: "roots/list" });
  model.send({ jsonrpc: "2.0", id: 0, result: { roots: [] } });
  const next = model.serve();
  await model.settle();
  const heard = model.toClient.length;
  next.say({ jsonrpc: "2.0", id: 0, method: "roots/list" });
  expect(next.received.at(-1)).toEqual({ jsonrpc: "2.0", id: 0, result: { roots: [] } });
  next.say({ jsonrpc: "2.0", id: 1, method: "roots/list" });
  expect(model.toClient).toHaveLength(heard + 1);
});

test("roots that changed while nothing served in time are asked again", async () => {
  const model = new DuplexModel({ waitTimeoutMs: 5, waitingMax: 10 });
  const old = await model.established();
  old.say({ jsonrpc: "2.0", id: 0, method: "roots/list" });
  model.send({ jsonrpc: "2.0", id: 0, result: { roots: [] } });
  model.crash(old);
  model.send({ jsonrpc: "2.0", method: "notifications/roots/list_changed" });
  const refused = model.request();
  await expect.poll(() => model.answersTo(refused)).toHaveLength(1);
  const next = model.serve();
  await model.settle();
  next.say({ jsonrpc: "2.0", id: 1, method: "roots/list" });
  expect(model.toClient.at(-1)).toMatchObject({ method: "roots/list" });
  const told = model.records.map((record) => record["mcp.method.name"]);
  expect(told).toContain("notifications/roots/list_changed");
});

test("each request waits for its own time, and no more wait than may", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const model = new DuplexModel({ waitTimeoutMs: 1000, waitingMax: 2 });
  const answered = async (afterMs: number): Promise<number[]> => {
    vi.advanceTimersByTime(afterMs);
    await model.settle();
    return ids.map((id) => model.answersTo(id).length);
  };
  const ids = [model.request("initialize")];
  await answered(900);
  ids.push(model.request());
  expect(await answered(0)).toEqual([0, 0]);
  ids.push(model.request());
  expect(await answered(0)).toEqual([0, 0, 1]);
  expect(await answered(100)).toEqual([1, 0, 1]);
  expect(await answered(899)).toEqual([1, 0, 1]);
  expect(await answered(1)).toEqual([1, 1, 1]);
  const last = model.request();
  await model.settle();
  const child = model.serve();
  await model.settle();
  expect(child.received).toMatchObject([{ id: last }]);
});

test("text that is no message goes through as it is", async () => {
  const model = new DuplexModel();
  const child = await model.established();
  const taken: string[] = [];
  child.take = (text) => void taken.push(text);
  model.session.fromClient("{broken");
  expect(taken).toEqual(["{broken"]);
});

type Step =
  | { readonly do: "request" | "notify" | "switch" | "crash" | "settle" | "ask" }
  | { readonly do: "answer" | "cancel" | "reply" | "retire"; readonly which: number };

const which = fc.nat(9);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "request" } as const) },
  { weight: 4, arbitrary: fc.constant({ do: "settle" } as const) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), which }) },
  fc.record({ do: fc.constantFrom("notify", "switch", "crash", "ask") }),
  fc.record({ do: fc.constantFrom("cancel", "reply", "retire"), which }),
);

test("any interleaving: one answer each, order kept, replies to whom they belong", async () => {
  const property = fc.asyncProperty(
    fc.boolean(),
    fc.array(step, { maxLength: 60 }),
    async (handshake, steps) => {
      const model = new DuplexModel();
      const requests: Id[] = handshake ? [] : [model.request("initialize")];
      const cancelled = new Set<Id>();
      if (handshake) await model.established();
      for (const one of steps) await take(model, one, requests, cancelled);

      const last = model.serve();
      for (let quiet = false; !quiet;) {
        await model.settle();
        quiet = model.children.every(({ pending }) => pending.length === 0);
        for (const child of model.children) child.answer();
      }
      for (const id of requests) {
        const answers = model.answersTo(id).length;
        if (cancelled.has(id)) expect(answers).toBeLessThanOrEqual(1);
        else expect([id, answers]).toEqual([id, 1]);
      }
      expect(model.current).toBe(last);
      for (const child of model.children) expectOrder(child);
      expect(model.misdirected).toEqual([]);
      // A child may still clean up what was cancelled.
      vi.advanceTimersByTime(1000);
      await Promise.all(model.children.map(({ generation }) => model.generations.drained(generation)));
      model.session.end();
    },
  );
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await fc.assert(property, { numRuns: 300 }).finally(() => vi.useRealTimers());
});

async function take(model: DuplexModel, step: Step, requests: Id[], cancelled: Set<Id>): Promise<void> {
  const pick = <Item>(list: readonly Item[], index: number): Item | undefined =>
    list[index % Math.max(1, list.length)];
  switch (step.do) {
    case "request":
      requests.push(model.request());
      break;
    case "notify":
      model.send({ jsonrpc: "2.0", method: "notifications/roots/list_changed" });
      break;
    case "switch":
      model.serve();
      break;
    case "crash":
      if (model.current !== undefined) model.crash(model.current);
      break;
    case "retire": {
      const child = pick(model.children, step.which);
      if (child !== undefined && child !== model.current) model.crash(child);
      break;
    }
    case "answer":
      pick(model.children, step.which)?.answer();
      break;
    case "cancel": {
      const id = pick(requests, step.which);
      if (id === undefined) break;
      cancelled.add(id);
      model.cancel(id);
      break;
    }
    case "ask": {
      const child = model.current;
      child?.say({ jsonrpc: "2.0", id: `from ${child.generation}`, method: "sampling/createMessage" });
      break;
    }
    case "reply": {
      const asked = pick(model.toClient.filter(isRequest), step.which);
      if (asked !== undefined) model.send({ jsonrpc: "2.0", id: asked.id, result: {} });
      break;
    }
    case "settle":
      await model.settle();
  }
}

/** The client's requests in the order in which it sent them, and only answers to what this child asked. */
function expectOrder(child: FakeChild): void {
  const asked = child.received.filter(isRequest).map(({ id }) => id);
  const ofClient = asked.filter((id) => typeof id === "number");
  expect(ofClient).toEqual([...new Set(ofClient)].sort((one, other) => one - other));
  const replies = child.received.filter((message) => !("method" in message));
  for (const reply of replies) expect(reply).toMatchObject({ id: `from ${child.generation}` });
}

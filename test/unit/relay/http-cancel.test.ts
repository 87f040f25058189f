/** A request that its client withdraws is over for the endpoint too, before children that a test plays. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

const session = { "Mcp-Session-Id": "one" };
const call = { jsonrpc: "2.0", id: 7, method: "tools/call" };
const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };

test("the child ends before the answer: there is none, and the request is told once", async () => {
  const { generations, post, records, url } = await endpoint();
  const seen: (string | undefined)[] = [];
  generations.use(
    await scripted(1, (_request, response, method) => {
      seen.push(method);
      if (method !== "tools/call") answerJson(response);
    }),
  );
  await post({ ...call, method: "initialize" });
  const answer = post(call, session);
  await expect.poll(() => seen).toContain("tools/call");
  await post(cancel, session);
  generations.use(await scripted(2, (_request, response) => answerJson(response)));
  generations.lose(1, "replaced");
  expect(await (await answer).text()).toBe("");
  await fetch(url, { method: "DELETE", headers: session });
  const told = records.filter(({ kind }) => kind === "request").map((record) => record["mcp.method.name"]);
  expect(told).toEqual(["initialize", "tools/call"]);
});

test("the session is being restored for it: no child gets it", async () => {
  const { generations, post } = await endpoint();
  const seen: (string | undefined)[] = [];
  generations.use(await scripted(1, (_request, response) => answerJson(response)));
  await post({ ...call, method: "initialize" });
  let restored = vi.fn<() => void>();
  generations.use(
    await scripted(2, (_request, response, method) => {
      seen.push(method);
      if (method === "initialize") restored = vi.fn(() => answerJson(response));
      else answerJson(response);
    }),
  );
  await expect.poll(() => seen).toContain("initialize");
  const lease = vi.spyOn(generations, "lease");
  const answer = post(call, session);
  await expect.poll(() => lease.mock.calls).toHaveLength(1);
  const withdrawn = await post(cancel, session);
  expect(withdrawn.status).toBe(202);
  restored();
  expect(await (await answer).text()).toBe("");
  expect(seen).not.toContain("tools/call");
});

test("the child answers nothing any more, or all the same: its answer is left out, and it can be replaced", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const { generations, post } = await endpoint();
  const held: ServerResponse[] = [];
  generations.use(
    await scripted(1, (_request, response, method) => {
      // A batch has no method.
      if (method === "tools/call" || method === undefined) held.push(response);
      else answerJson(response);
    }),
  );
  await post({ ...call, method: "initialize" });
  const answers = [
    post(call, session),
    post(
      [
        { ...call, id: 8 },
        { ...call, id: 9 },
      ],
      session,
    ),
  ];
  await expect.poll(() => held).toHaveLength(2);
  for (const requestId of [7, 8, 9]) await post({ ...cancel, params: { requestId } }, session);
  generations.use(await scripted(2, (_request, response) => answerJson(response)));
  vi.advanceTimersByTime(1000);
  // None of them is answered, and still nothing is in flight.
  await generations.drained(1);
  for (const response of held) {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify([7, 8, 9].map((id) => ({ jsonrpc: "2.0", id, result: {} }))));
  }
  for (const answer of answers) {
    expect((await answer).status).toBe(200);
    expect(await (await answer).text()).toBe("");
  }
});

/** A child has the call, and does not answer it. */
async function callUnderWay() {
  const { generations, post, records, url } = await endpoint();
  const seen: (string | undefined)[] = [];
  generations.use(
    await scripted(1, (_request, response, method) => {
      seen.push(method);
      if (method !== "tools/call") answerJson(response);
    }),
  );
  await post({ ...call, method: "initialize" });
  const client = new AbortController();
  const headers = { "Content-Type": "application/json", ...session };
  const asking = fetch(url, { method: "POST", headers, body: JSON.stringify(call), signal: client.signal });
  await expect.poll(() => seen).toContain("tools/call");
  return { generations, records, url, client, asking };
}

test("a client that hangs up is the end of its request, which is told, once", async () => {
  const { generations, records, url, client, asking } = await callUnderWay();
  client.abort();
  await expect(asking).rejects.toThrow();
  await generations.drained(1);
  await fetch(url, { method: "DELETE", headers: session });
  const told = records.filter((record) => record["mcp.method.name"] === "tools/call");
  expect(told).toMatchObject([
    { kind: "request", session: "s1" },
    {
      kind: "response",
      session: "s1",
      "error.type": "http_499",
      body: { status: 499, text: "the client left" },
    },
  ]);
});

test("a client that ends its session and hangs up leaves nothing to be told after the end", async () => {
  const { generations, records, url, client, asking } = await callUnderWay();
  await fetch(url, { method: "DELETE", headers: session });
  client.abort();
  await expect(asking).rejects.toThrow();
  await generations.drained(1);
  expect(records.at(-1)).toMatchObject({ kind: "session", event: "disconnect" });
});

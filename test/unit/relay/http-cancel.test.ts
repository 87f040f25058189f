/** A request that its client withdraws is over for the endpoint too, before children that a test plays. */
import { expect, test, vi } from "vitest";
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

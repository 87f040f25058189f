/** What a replaced child accepts late holds in the children after it too, before children that a test plays. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { endpoint, scripted } from "./http-bench.ts";

const session = { "Mcp-Session-Id": "one" };
let ids = 0;
const request = (method: string, uri?: string): object => ({
  jsonrpc: "2.0",
  id: ++ids,
  method,
  ...(uri === undefined ? {} : { params: { uri } }),
});

type Held = { readonly accept: () => void; readonly refuse: () => void };

/** A child that answers at once all but what it holds, by method; `seen` is what it was asked. */
async function child(generation: number, holds: string) {
  const seen: string[] = [];
  const held: Held[] = [];
  const answer = (response: ServerResponse, result: object): void => {
    response.writeHead(200, { "Content-Type": "application/json", "Mcp-Session-Id": "one" });
    response.end(JSON.stringify({ jsonrpc: "2.0", ...result }));
  };
  const upstream = await scripted(generation, (_request, response, method = "", id = null) => {
    seen.push(method);
    if (method !== holds) answer(response, { id, result: {} });
    else
      held.push({
        accept: () => answer(response, { id, result: {} }),
        refuse: () => answer(response, { id, error: { code: -32603, message: "no" } }),
      });
  });
  return { upstream, seen, held };
}

test.each(["resources/subscribe", "resources/unsubscribe", "logging/setLevel"])(
  "a %s that the old child accepts after the session was restored",
  async (method) => {
    const { generations, post } = await endpoint();
    const [old, next] = [await child(1, method), await child(2, "")];
    generations.use(old.upstream);
    await post(request("initialize"));
    const [accepted, refused] = [post(request(method, "a"), session), post(request(method, "b"), session)];
    await expect.poll(() => old.held).toHaveLength(2);
    generations.use(next.upstream);
    await post(request("tools/call"), session);
    for (const { refuse } of old.held.splice(1)) refuse();
    expect(await (await refused).json()).toHaveProperty("error");
    for (const { accept } of old.held) accept();
    expect(await (await accepted).json()).toHaveProperty("result");
    await post(request("tools/list"), session);
    expect(next.seen).toEqual(["initialize", "tools/call", method, "tools/list"]);
  },
);

test("while the session is being restored: it comes after what was accepted before", async () => {
  const { generations, post } = await endpoint();
  const [old, next] = [await child(1, "resources/unsubscribe"), await child(2, "resources/subscribe")];
  generations.use(old.upstream);
  await post(request("initialize"));
  await post(request("resources/subscribe", "a"), session);
  const accepted = post(request("resources/unsubscribe", "a"), session);
  await expect.poll(() => old.held).toHaveLength(1);
  generations.use(next.upstream);
  const call = post(request("tools/call"), session);
  await expect.poll(() => next.held).toHaveLength(1);
  for (const { accept } of old.held) accept();
  await accepted;
  expect(next.seen).toEqual(["initialize", "resources/subscribe"]);
  for (const { accept } of next.held) accept();
  await call;
  await post(request("tools/list"), session);
  expect(next.seen.filter((method) => method !== "tools/call")).toEqual([
    "initialize",
    "resources/subscribe",
    "resources/unsubscribe",
    "tools/list",
  ]);
});

test("what the client asks next waits until the new child knows", async () => {
  const { generations, post } = await endpoint();
  const [old, next] = [await child(1, "resources/subscribe"), await child(2, "resources/subscribe")];
  generations.use(old.upstream);
  await post(request("initialize"));
  const accepted = ["a", "b"].map((uri) => post(request("resources/subscribe", uri), session));
  await expect.poll(() => old.held).toHaveLength(2);
  generations.use(next.upstream);
  await post(request("tools/list"), session);
  for (const { accept } of old.held) accept();
  await Promise.all(accepted);
  const call = post(request("tools/call"), session);
  for (const told of [1, 2]) {
    await expect.poll(() => next.held).toHaveLength(told);
    next.held[told - 1]?.accept();
  }
  await call;
  expect(next.seen).toEqual([
    "initialize",
    "tools/list",
    "resources/subscribe",
    "resources/subscribe",
    "tools/call",
  ]);
});

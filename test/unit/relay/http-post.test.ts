/** POSTs of a session that wait through a switch, before children that a test plays. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { Generations, lossGraceMs } from "../../../src/relay/generations.ts";
import { HostCheck } from "../../../src/relay/host-check.ts";
import { HttpEndpoint } from "../../../src/relay/http-endpoint.ts";
import { HttpRelay } from "../../../src/relay/http-relay.ts";
import { Connections, readBody, type HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const closing of closings.splice(0).reverse()) await closing();
});

/** Opens a session for who asks, and notes what it is told. */
async function child(generation: number): Promise<{ upstream: HttpUpstream; methods: string[] }> {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { id, method = "" } = JSON.parse(body.toString()) as { id?: number; method?: string };
      methods.push(method);
      const headers = { "Content-Type": "application/json", "Mcp-Session-Id": `id ${generation}` };
      if (id === undefined) response.writeHead(202).end();
      else response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connections = new Connections(port);
  closings.push(() => server.close());
  closings.push(() => connections.leave());
  return { upstream: { generation, port, endpoint: "/mcp", stateless: false, connections }, methods };
}

test("the end of the handshake, when it waits at a switch, reaches the new child once", async () => {
  const generations = new Generations<HttpUpstream>({ waitTimeoutMs: 5000, waitingMax: 10 });
  const relay = new HttpRelay({
    generations,
    recorder: () => undefined,
    nextName: () => "s1",
    headers: { sessionKey: "x-key", restoredId: "x-id" },
  });
  const listening = new HttpEndpoint(relay, new HostCheck([]));
  const port = await listening.listen("127.0.0.1", 0);
  closings.push(() => listening.close());
  const post = (message: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/mcp`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Mcp-Session-Id": "id 1" },
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
    });

  const [first, next] = [await child(1), await child(2)];
  generations.use(first.upstream);
  await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize" }),
  });
  generations.lose(1, "it crashed");
  const wait = vi.spyOn(generations, "wait");
  const told = post({ method: "notifications/initialized" });
  await expect.poll(() => wait.mock.calls.length).toBe(1);
  generations.use(next.upstream);
  expect((await told).status).toBe(202);
  expect((await post({ id: 1, method: "tools/list" })).status).toBe(200);
  expect(next.methods).toEqual(["initialize", "notifications/initialized", "tools/list"]);
});

test("a request that waits for a restore which hangs goes to the next child at once, and holds up no other", async () => {
  const { generations, post } = await endpoint();
  const call = { jsonrpc: "2.0", id: 7, method: "tools/call" };
  generations.use(await scripted(1, (_request, response) => answerJson(response)));
  await post({ ...call, method: "initialize" });
  const hanging: string[] = [];
  generations.use(await scripted(2, (_request, _response, method = "") => void hanging.push(method)));
  const lease = vi.spyOn(generations, "lease");
  const answer = post(call, { "Mcp-Session-Id": "one" });
  await expect.poll(() => [hanging, lease.mock.calls]).toEqual([["initialize"], [[2]]]);
  generations.use(await scripted(3, (_request, response) => answerJson(response)));
  expect((await answer).status).toBe(200);
  await generations.drained(2);
  expect(hanging).toEqual(["initialize"]);
});

test("a request that waits for a restore which hangs is over when its client withdraws it", async () => {
  const { generations, post } = await endpoint();
  const session = { "Mcp-Session-Id": "one" };
  const call = { jsonrpc: "2.0", id: 7, method: "tools/call" };
  generations.use(await scripted(1, (_request, response) => answerJson(response)));
  await post({ ...call, method: "initialize" });
  generations.use(await scripted(2, () => undefined));
  const lease = vi.spyOn(generations, "lease");
  const answer = post(call, session);
  await expect.poll(() => lease.mock.calls).toEqual([[2]]);
  await post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } }, session);
  expect(await (await answer).text()).toBe("");
  await generations.drained(2);
});

test.each([
  [0, ""],
  [12_000_000, "; the request has 12.0 MB, which may be more than it accepts"],
])(
  "a server that goes on is not said to be gone when it closes the connection without an answer to %s bytes",
  async (bytes, addition) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { generations, post } = await endpoint();
    const call = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { text: "x".repeat(bytes) } };
    generations.use(
      await scripted(1, (request, response, method) => {
        if (method === "tools/call") request.socket.destroy();
        else answerJson(response);
      }),
    );
    await post({ ...call, method: "initialize", params: {} });
    const left = vi.spyOn(generations, "left");
    const answer = post(call, { "Mcp-Session-Id": "one" });
    await expect.poll(() => left.mock.calls).toHaveLength(1);
    // It might yet turn out to be gone; nobody waits longer than that.
    await vi.advanceTimersByTimeAsync(lossGraceMs);
    const { error } = (await (await answer).json()) as { error: { message: string } };
    expect(error.message).toBe(`the server closed the connection without an answer${addition}`);
  },
);

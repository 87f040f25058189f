/** The HTTP endpoint before children that a test plays: what reaches which of them. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { Connections, readBody, type HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { answerJson, endpoint, scripted, type Handle } from "./http-bench.ts";

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const closing of closings.splice(0).reverse()) await closing();
});

type Child = { readonly upstream: HttpUpstream; readonly bodies: unknown[]; readonly server: Server };

/** Answers every request with its own generation. */
async function child(generation: number): Promise<Child> {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const message = JSON.parse(body.toString()) as { id?: number; method?: string };
      bodies.push(message);
      response.writeHead(message.method === undefined ? 202 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result: { generation } }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closings.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const connections = new Connections(port);
  closings.push(() => connections.leave());
  return { upstream: { generation, port, endpoint: "/mcp", stateless: true, connections }, bodies, server };
}

const list = { jsonrpc: "2.0", id: 7, method: "tools/list" };

test("an answer for a child that is gone reaches no other one", async () => {
  const { generations, post } = await endpoint();
  const [first, second] = [await child(1), await child(2)];
  generations.use(first.upstream);
  generations.use(second.upstream);
  const answer = { jsonrpc: "2.0", id: 0, result: {} };
  await post(answer);
  expect([first.bodies, second.bodies]).toEqual([[answer], []]);
  generations.lose(1, "replaced");
  expect((await post(answer)).status).toBe(202);
  expect(second.bodies).toEqual([]);
});

test("a request that no child has got is answered by the next one, once", async () => {
  const { generations, post, records } = await endpoint();
  const [dead, next] = [await child(1), await child(2)];
  dead.server.close();
  await once(dead.server, "close");
  generations.use(dead.upstream);
  const answer = post(list);
  // It was sent there, and the connection refused, before the end of the process is known.
  await expect.poll(() => records.length).toBe(1);
  generations.lose(1, "it crashed");
  generations.use(next.upstream);
  expect(await (await answer).json()).toEqual({ jsonrpc: "2.0", id: 7, result: { generation: 2 } });
  expect(records.map(({ kind }) => kind)).toEqual(["request", "response"]);
  await generations.drained(2);
});

test("a child that dies with a request: one error, with the reason that is known a moment later", async () => {
  const { generations, post, records } = await endpoint();
  const server = createServer((request) => {
    request.socket.destroy();
    setImmediate(() => generations.lose(1, "it crashed"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closings.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  generations.use({
    generation: 1,
    port,
    endpoint: "/mcp",
    stateless: true,
    connections: new Connections(port),
  });
  expect(await (await post(list)).json()).toMatchObject({ id: 7, error: { message: "it crashed" } });
  expect(records.map(({ kind }) => kind)).toEqual(["request", "response"]);
});

test("a replaced child that dies with what it still had: the reason is its own, and is waited for", async () => {
  const { generations, post, url } = await endpoint();
  const held: (() => unknown)[] = [];
  generations.use((await child(1)).upstream);
  const second = await scripted(2, (request) => void held.push(() => request.socket.destroy()));
  generations.use(second);
  generations.lose(1, "replaced");
  const asking = [post(list), fetch(new URL("/custom", url))] as const;
  await expect.poll(() => held).toHaveLength(2);
  generations.use((await child(3)).upstream);
  const left = vi.spyOn(generations, "whyLost");
  for (const die of held) die();
  await expect.poll(() => left.mock.calls).toHaveLength(2);
  generations.lose(2, "it crashed");
  const [answer, custom] = await Promise.all(asking);
  expect(await answer.json()).toMatchObject({ id: 7, error: { message: "it crashed" } });
  expect([custom.status, await custom.text()]).toEqual([503, "it crashed\n"]);
});

test("a stream that the client has opened is open in the child before the request that follows", async () => {
  const { generations, post, url } = await endpoint();
  const seen: string[] = [];
  let openStream = (): void => undefined;
  const upstream = await scripted(1, (request, response, method) => {
    seen.push(method ?? request.method ?? "");
    if (request.method !== "GET") answerJson(response);
    else {
      openStream = () => {
        seen.push("opened");
        response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: hello\n\n");
      };
    }
  });
  generations.use(upstream);
  await post({ ...list, method: "initialize" });
  const session = { "Mcp-Session-Id": "one" };
  const stream = fetch(url, { headers: { ...session, Accept: "text/event-stream" } });
  await expect.poll(() => seen).toContain("GET");
  const answer = post(list, session);
  // Long enough for a request that does not wait to get there.
  await post({ jsonrpc: "2.0", method: "notifications/other" }, session);
  openStream();
  await answer;
  expect(seen).toEqual(["initialize", "GET", "notifications/other", "opened", "tools/list"]);
  await (await stream).body?.cancel();
});

test("a stream whose child is replaced before it is open is opened in the next one", async () => {
  const { generations, post, url } = await endpoint();
  const seen: string[] = [];
  const first = await scripted(1, (request, response) => {
    seen.push(request.method ?? "");
    if (request.method !== "GET") answerJson(response);
  });
  generations.use(first);
  await post({ ...list, method: "initialize" });
  const headers = { "Mcp-Session-Id": "one", Accept: "text/event-stream" };
  const stream = fetch(url, { headers });
  await expect.poll(() => seen).toContain("GET");
  generations.use(
    await scripted(2, (request, response) => {
      if (request.method !== "GET") answerJson(response);
      else response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: by the next\n\n");
    }),
  );
  generations.lose(1, "replaced");
  const { status, body } = await stream;
  expect(status).toBe(200);
  const read = await body?.getReader().read();
  expect(Buffer.from(read?.value ?? []).toString()).toContain("by the next");
});

test("a session that is ended while it is restored is in flight in that child", async () => {
  const { generations, post, url } = await endpoint();
  generations.use(await scripted(1, (_request, response) => answerJson(response)));
  await post({ ...list, method: "initialize" });
  const restores: (() => void)[] = [];
  const second = await scripted(2, (_request, response, method) => {
    if (method === "initialize") restores.push(() => answerJson(response));
    else response.writeHead(200).end();
  });
  generations.use(second);
  await expect.poll(() => restores).toHaveLength(1);
  const lease = vi.spyOn(generations, "lease");
  const ended = fetch(url, { method: "DELETE", headers: { "Mcp-Session-Id": "one" } });
  await expect.poll(() => lease.mock.calls).toEqual([[2]]);
  generations.use(await scripted(3, (_request, response) => answerJson(response)));
  void generations.drained(2).then(() => generations.lose(2, "replaced"));
  for (const restore of restores) restore();
  expect((await ended).status).toBe(200);
});

test("a request that is withdrawn while it waits for a child reaches none", async () => {
  const { generations, post, records } = await endpoint();
  const seen: (string | undefined)[] = [];
  const answering: Handle = (_request, response, method) => {
    seen.push(method);
    answerJson(response);
  };
  generations.use(await scripted(1, answering));
  await post({ ...list, method: "initialize" });
  generations.lose(1, "it crashed");
  const session = { "Mcp-Session-Id": "one" };
  const waits = vi.spyOn(generations, "wait");
  const waiting = post({ ...list, method: "tools/call" }, session);
  await expect.poll(() => waits.mock.calls).toHaveLength(1);
  const params = { requestId: list.id };
  const cancel = await post({ jsonrpc: "2.0", method: "notifications/cancelled", params }, session);
  expect(cancel.status).toBe(202);
  expect(await (await waiting).text()).toBe("");
  generations.use(await scripted(2, answering));
  await post(list, session);
  expect(seen).not.toContain("tools/call");
  expect(records.filter(({ kind }) => kind === "error")).toEqual([]);
});

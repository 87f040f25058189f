/** Sessions whose clients are gone, before children that a test plays, each of which ends what was idle for 30 minutes. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { endpoint, scripted } from "./http-bench.ts";

const minuteMs = 60_000;

/** Gives each session an id, knows no others, and holds each call. */
async function child(generation: number) {
  const ids: string[] = [];
  const restored: unknown[] = [];
  const calls: ServerResponse[] = [];
  const upstream: HttpUpstream = await scripted(generation, (request, response, method, id) => {
    const session = String(request.headers["mcp-session-id"]);
    const json = { "Content-Type": "application/json" };
    if (method === "initialize") {
      ids.push(`${generation}.${ids.length + 1}`);
      restored.push(request.headers["x-id"]);
      response.writeHead(200, { ...json, "Mcp-Session-Id": ids.at(-1) });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
    } else if (!ids.includes(session)) response.writeHead(404).end("Session not found");
    else if (request.method === "GET")
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
    else if (method === "tools/call") calls.push(response.writeHead(200, json));
    else response.writeHead(200, json).end(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
  });
  return { upstream, restored, calls };
}

test("a session without a stream that was idle for 30 minutes ends at the next save, as without the runner", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const { generations, post, records, url } = await endpoint();
  const [first, second] = [await child(1), await child(2)];
  generations.use(first.upstream);
  const list = { jsonrpc: "2.0", id: 7, method: "tools/list" };
  const open = async (): Promise<Record<string, string>> => {
    const opened = await post({ ...list, method: "initialize" });
    return { "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "" };
  };
  const [gone, asks, listens, waits, left] = [
    await open(),
    await open(),
    await open(),
    await open(),
    await open(),
  ];
  const stream = await fetch(url, { headers: { ...listens, Accept: "text/event-stream" } });
  const leaving = new AbortController();
  await fetch(url, { headers: { ...left, Accept: "text/event-stream" }, signal: leaving.signal });
  const call = post({ ...list, method: "tools/call" }, waits);
  await expect.poll(() => first.calls).toHaveLength(1);
  vi.setSystemTime(Date.now() + 29 * minuteMs);
  await post(list, asks);
  leaving.abort();
  vi.setSystemTime(Date.now() + 2 * minuteMs);
  generations.use(second.upstream);
  await expect.poll(() => second.restored).toHaveLength(4);
  expect(second.restored).not.toContain(gone["Mcp-Session-Id"]);
  const ended = records.filter((record) => record.kind === "session" && record.event === "disconnect");
  expect(ended).toMatchObject([
    { "mcp.session.id": gone["Mcp-Session-Id"], body: { reason: "idle for 30 minutes" } },
  ]);
  const answer = await post(list, gone);
  expect([answer.status, await answer.text()]).toEqual([404, "Session not found"]);
  expect((await post(list, asks)).status).toBe(200);
  first.calls[0]?.end(JSON.stringify({ jsonrpc: "2.0", id: 7, result: {} }));
  expect((await call).status).toBe(200);
  await stream.body?.cancel();
});

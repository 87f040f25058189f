/** A client that loses the stream of a call, and comes back for the rest of it or does not. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

const progress = { jsonrpc: "2.0", method: "notifications/progress", params: {} };
const answer = { jsonrpc: "2.0", id: 8, result: {} };
const event = (id: number, message: object): string => `id: ${id}\ndata: ${JSON.stringify(message)}\n\n`;

/** A call has reported once, to a client of a server that keeps its events and that refuses to repeat them so many times. */
async function reported(refusals = 0) {
  const { generations, post, url } = await endpoint();
  const child = { asked: 0, call: undefined as ServerResponse | undefined };
  const upstream = await scripted(1, (request, response, method) => {
    if (method === "initialize") answerJson(response);
    else if (request.method === "GET" && child.asked++ < refusals) response.writeHead(409).end("Conflict");
    else if (method?.startsWith("notifications/") === true) response.writeHead(202).end();
    else {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      if (request.method === "GET") response.end(event(2, answer));
      else (child.call = response).write(event(1, progress));
    }
  });
  generations.use(upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  const session = { "Mcp-Session-Id": "one" };
  const leaving = new AbortController();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 8, method: "tools/call", params: { name: "wait" } });
  const headers = { ...session, "Content-Type": "application/json" };
  const { body: stream } = await fetch(url, { method: "POST", headers, body, signal: leaving.signal });
  const reader = stream?.getReader();
  const read = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString();
  const first = lastId(await read());
  const comeBack = (last = first): Promise<Response> =>
    fetch(url, { headers: { ...session, Accept: "text/event-stream", "Last-Event-ID": last } });
  const say = (message: object): Promise<Response> => post(message, session);
  return { generations, child, leave: () => leaving.abort(), read, comeBack, say };
}

function lastId(events: string): string {
  return [...events.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? "";
}

test("before the child knows that the client lost it: the rest comes", async () => {
  const { child, leave, comeBack } = await reported(2);
  leave();
  const rest = await comeBack();
  expect([rest.status, await rest.text()]).toEqual([200, expect.stringContaining('"id":8')]);
  expect(child.asked).toBe(3);
});

test("the client leaves for good: the child has the call until it answers, and no longer", async () => {
  const { generations, child, leave } = await reported();
  leave();
  let isDrained = false;
  const drained = generations.drained(1).then(() => (isDrained = true));
  child.call?.write(event(2, progress));
  await new Promise(setImmediate);
  expect(isDrained).toBe(false);
  child.call?.end(event(3, answer));
  await drained;
});

test("the client comes back while the child still works: one reader, and the rest", async () => {
  const { child, leave, comeBack } = await reported();
  leave();
  const rest = await comeBack();
  await expect.poll(() => child.call?.destroyed).toBe(true);
  expect(await rest.text()).toContain('"id":8');
});

test("the endpoint has answered for a child that crashed: there is no more, and the next child is not asked", async () => {
  const { generations, child, read, comeBack } = await reported();
  generations.lose(1, "it crashed");
  child.call?.destroy();
  const end = await read();
  expect(end).toContain("it crashed");
  generations.use(await scripted(2, (_request, response) => response.writeHead(500).end("asked")));
  expect((await comeBack(lastId(end))).status).toBe(405);
});

test("the endpoint has answered for a child that crashed, and the client lost that: it comes again", async () => {
  const { generations, child, read, comeBack } = await reported();
  generations.lose(1, "it crashed");
  child.call?.destroy();
  await read();
  generations.use(await scripted(2, (_request, response) => response.writeHead(500).end("asked")));
  for (const again of [await comeBack(), await comeBack()])
    expect(await again.text()).toContain("it crashed");
});

test("the child has answered and is gone, and the client lost the answer: it comes", async () => {
  const { generations, child, read, comeBack } = await reported();
  child.call?.end(event(2, answer));
  const rest = await read();
  generations.lose(1, "replaced");
  generations.use(await scripted(2, (_request, response) => response.writeHead(500).end("asked")));
  expect(await (await comeBack()).text()).toContain('"id":8,"result":{}');
  expect((await comeBack(lastId(rest))).status).toBe(405);
});

test("the call was cancelled and its child is gone: there is no more", async () => {
  const { generations, child, read, comeBack, say } = await reported();
  await say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 8 } });
  generations.lose(1, "replaced");
  child.call?.destroy();
  expect(await read()).toBe("");
  generations.use(await scripted(2, (_request, response) => response.writeHead(500).end("asked")));
  expect((await comeBack()).status).toBe(405);
});

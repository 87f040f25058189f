/** The stream that a client opens once, and keeps, before children that have one stream a session, as FastMCP has. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

type Child = {
  readonly upstream: HttpUpstream;
  readonly opened: () => number;
  /** Its client, as far as it knows, hears it. */
  readonly isOpen: () => boolean;
  readonly say: () => void;
};

/** Says its generation. That its client has left it learns after so many attempts of that client to come back. */
async function child(generation: number, streamsMax = 1, learnsLateBy = 0): Promise<Child> {
  let opened = 0;
  let refused = 0;
  let stream: ServerResponse | undefined;
  const upstream = await scripted(generation, (request, response, method) => {
    if (request.method !== "GET") {
      if (method === "notifications/initialized") response.writeHead(202).end();
      else answerJson(response);
      return;
    }
    opened++;
    const isFree = stream === undefined && refused >= learnsLateBy;
    if (!isFree && opened > streamsMax) {
      refused++;
      response.writeHead(409).end("Only one SSE stream is allowed per session");
      return;
    }
    stream = response;
    response.once("close", () => {
      if (stream === response) stream = undefined;
    });
    response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
  });
  return {
    upstream,
    opened: () => opened,
    isOpen: () => stream !== undefined,
    say: () => stream?.write(`data: by child ${generation}\n\n`),
  };
}

/** A session whose first child has crashed, and how its client opens a stream. */
async function crashed() {
  const { generations, post, url } = await endpoint();
  generations.use((await child(1)).upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  generations.lose(1, "it crashed");
  const headers = { "Mcp-Session-Id": "one", Accept: "text/event-stream" };
  const open = (signal?: AbortSignal): Promise<Response> => fetch(url, { headers, signal: signal ?? null });
  /** Resolves when the endpoint has seen all that came before. */
  const seen = (): Promise<unknown> => post({ jsonrpc: "2.0", id: 8, method: "server/discover" });
  return { generations, open, seen };
}

async function heard(stream: Response): Promise<string> {
  const reader = stream.body?.getReader();
  const read = await reader?.read();
  reader?.releaseLock();
  return Buffer.from(read?.value ?? []).toString();
}

test("a client that opens its stream twice has one, which stays, and what the server says to the other", async () => {
  const { generations, open, seen } = await crashed();
  const opening = open();
  await seen();
  const another = open();
  await seen();
  const [second, third] = [await child(2), await child(3)];
  generations.use(second.upstream);
  const stream = await opening;
  expect([stream.status, (await another).status, second.opened()]).toEqual([200, 409, 2]);
  second.say();
  expect(await heard(stream)).toContain("by child 2");
  generations.use(third.upstream);
  generations.lose(2, "replaced");
  await expect.poll(third.opened).toBe(1);
  third.say();
  expect(await heard(stream)).toContain("by child 3");
});

test("a stream that the server accepts in place of one that it knows to be lost stays", async () => {
  const { generations, open } = await crashed();
  const [second, third] = [await child(2, 2), await child(3)];
  generations.use(second.upstream);
  const lost = await open();
  const stream = await open();
  expect(await lost.text()).toBe("");
  generations.use(third.upstream);
  generations.lose(2, "replaced");
  await expect.poll(third.opened).toBe(1);
  third.say();
  expect(await heard(stream)).toContain("by child 3");
});

test("a client that lost its stream while nothing serves and comes back has it, whatever is saved", async () => {
  const { generations, open, seen } = await crashed();
  const first = new AbortController();
  const lost = open(first.signal).catch(() => undefined);
  await seen();
  const opening = open();
  await seen();
  first.abort();
  await lost;
  await seen();
  const [second, third] = [await child(2), await child(3)];
  generations.use(second.upstream);
  const stream = await opening;
  generations.use(third.upstream);
  generations.lose(2, "replaced");
  await expect.poll(third.opened).toBe(1);
  third.say();
  expect(await heard(stream)).toContain("by child 3");
});

test("a stream that a replaced child has opened stays while nothing serves, however long that takes", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { generations, post, url } = await endpoint();
  const [first, second, third] = [await child(1), await child(2), await child(3)];
  generations.use(first.upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  generations.use(second.upstream);
  generations.lose(2, "it crashed");
  const waits = vi.spyOn(generations, "wait");
  const stream = await fetch(url, { headers: { "Mcp-Session-Id": "one", Accept: "text/event-stream" } });
  vi.advanceTimersByTime(5000);
  await expect(waits.mock.results[0]?.value).rejects.toThrow("not running");
  generations.use(third.upstream);
  await expect.poll(third.opened).toBe(1);
  third.say();
  expect(await heard(stream)).toContain("by child 3");
});

test("what a replaced child still says while it is ended, such as by a timer, does not reach the client", async () => {
  const { generations, post, url } = await endpoint();
  const [first, second] = [await child(1), await child(2)];
  generations.use(first.upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  const stream = await fetch(url, { headers: { "Mcp-Session-Id": "one", Accept: "text/event-stream" } });
  first.say();
  expect(await heard(stream)).toContain("by child 1");
  generations.use(second.upstream);
  await expect.poll(second.opened).toBe(1);
  generations.lose(1, "replaced");
  // To close it is work for which there is time when the process ends.
  expect(first.isOpen()).toBe(true);
  first.say();
  // Over another connection, and behind it.
  await post({ jsonrpc: "2.0", id: 8, method: "tools/list" }, { "Mcp-Session-Id": "one" });
  second.say();
  expect(await heard(stream)).toBe("data: by child 2\n\n");
});

test("a client that leaves after a switch leaves the child that serves, and can come back", async () => {
  const { generations, post, url } = await endpoint();
  const [first, second] = [await child(1), await child(2)];
  generations.use(first.upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  const headers = { "Mcp-Session-Id": "one", Accept: "text/event-stream" };
  const leaving = new AbortController();
  await fetch(url, { headers, signal: leaving.signal });
  generations.use(second.upstream);
  await expect.poll(second.isOpen).toBe(true);
  generations.lose(1, "replaced");
  leaving.abort();
  await expect.poll(second.isOpen).toBe(false);
  const stream = await fetch(url, { headers });
  expect(stream.status).toBe(200);
  second.say();
  expect(await heard(stream)).toBe("data: by child 2\n\n");
});

test("a client that comes back before the child knows that it left has its stream", async () => {
  const { generations, post, url } = await endpoint();
  const only = await child(1, 1, 2);
  generations.use(only.upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  const headers = { "Mcp-Session-Id": "one", Accept: "text/event-stream" };
  const leaving = new AbortController();
  await fetch(url, { headers, signal: leaving.signal });
  leaving.abort();
  await expect.poll(only.isOpen).toBe(false);
  const stream = await fetch(url, { headers });
  expect(stream.status).toBe(200);
  only.say();
  expect(await heard(stream)).toBe("data: by child 1\n\n");
});

/** Clients whose token expires and is refreshed while children are replaced, before children that ask for one. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

/** Lets in who has one of these tokens, but no session before it is `ready`; over `GET`, says its generation. */
async function guarded(generation: number, tokens: string[], ready = Promise.resolve()) {
  const seen: string[] = [];
  let stream: ServerResponse | undefined;
  const upstream: HttpUpstream = await scripted(generation, (request, response, method) => {
    const { authorization = "" } = request.headers;
    seen.push(`${method ?? request.method ?? ""} ${authorization}`);
    if (!tokens.includes(authorization)) {
      response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end(`not ${authorization}`);
    } else if (request.method === "GET") {
      stream = response;
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
    } else if (request.method === "DELETE") response.writeHead(200).end();
    else void ready.then(() => answerJson(response));
  });
  return { upstream, seen, say: () => stream?.write(`data: by child ${generation}\n\n`) };
}

/** A session opened with the token A, and what its client does with any. */
async function opened() {
  const { generations, post, url } = await endpoint();
  const message = { jsonrpc: "2.0", id: 7, method: "initialize" };
  generations.use((await guarded(1, ["A", "B"])).upstream);
  await post(message, { Authorization: "A" });
  const headers = (token: string) => ({ "Mcp-Session-Id": "one", Authorization: token });
  const call = async (token: string): Promise<unknown> => {
    const answer = await post({ ...message, method: "tools/call" }, headers(token));
    return [answer.status, (await answer.text()).slice(0, 5), answer.headers.get("www-authenticate")];
  };
  const ask = (method: string, token: string): Promise<Response> =>
    fetch(url, { method, headers: { ...headers(token), Accept: "text/event-stream" } });
  return { generations, call, ask };
}

const refused = [401, "not A", "Bearer"];
const answered = [200, '{"jso', null];

test("a token that a client refreshed after a reload opens its session anew", async () => {
  const { generations, call } = await opened();
  const [second, third] = [await guarded(2, ["B"]), await guarded(3, ["B"])];
  generations.use(second.upstream);
  expect(await call("A")).toEqual(refused);
  expect(await Promise.all([call("A"), call("B"), call("C")])).toEqual([
    refused,
    answered,
    [401, "not C", "Bearer"],
  ]);
  expect(second.seen.filter((line) => line === "initialize B")).toHaveLength(1);
  // It is what the session has from then on.
  generations.use(third.upstream);
  await expect.poll(() => third.seen).toEqual(["initialize B"]);
});

test("a token that the server refuses at a reload is refused to whoever opens a stream or ends the session", async () => {
  const { generations, ask } = await opened();
  const second = await guarded(2, ["B"]);
  generations.use(second.upstream);
  generations.lose(1, "replaced");
  for (const method of ["GET", "DELETE"]) {
    const answer = await ask(method, "A");
    expect([answer.status, await answer.text(), answer.headers.get("www-authenticate")]).toEqual([
      401,
      "not A",
      "Bearer",
    ]);
  }
  const stream = await ask("GET", "B");
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
  expect((await ask("DELETE", "B")).status).toBe(200);
});

test("a stream that was opened with an older token goes on after a reload with the latest", async () => {
  const { generations, call, ask } = await opened();
  const reader = (await ask("GET", "A")).body?.getReader();
  expect(await call("B")).toEqual(answered);
  const second = await guarded(2, ["B"]);
  generations.use(second.upstream);
  await expect.poll(() => second.seen).toContain("GET B");
  second.say();
  const read = await reader?.read();
  expect(Buffer.from(read?.value ?? []).toString()).toContain("by child 2");
  await reader?.cancel();
});

test("a stream that a reload could not open again is open when the client next asks something", async () => {
  const { generations, call, ask } = await opened();
  const reader = (await ask("GET", "A")).body?.getReader();
  const second = await guarded(2, ["A"]);
  let isBusy = true;
  const busy = await scripted(3, (request, response) => {
    if (request.method === "GET" && isBusy) {
      isBusy = false;
      response.writeHead(503).end();
    } else if (request.method === "GET")
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: by child 3\n\n");
    else answerJson(response);
  });
  generations.use(second.upstream);
  await expect.poll(() => second.seen).toContain("GET A");
  generations.use(busy);
  await expect.poll(() => isBusy).toBe(false);
  expect(await call("A")).toEqual(answered);
  const read = await reader?.read();
  expect(Buffer.from(read?.value ?? []).toString()).toContain("by child 3");
  await reader?.cancel();
});

test("a replaced child that still knows an older token does not bring it back", async () => {
  const { generations, call, ask } = await opened();
  expect(await call("B")).toEqual(answered);
  let beReady = (): void => undefined;
  const second = await guarded(2, ["B"], new Promise((resolve) => (beReady = resolve)));
  const third = await guarded(3, ["B"]);
  generations.use(second.upstream);
  const stream = await ask("GET", "A");
  expect(stream.status).toBe(200);
  beReady();
  await expect.poll(() => second.seen).toContain("GET B");
  generations.use(third.upstream);
  await expect.poll(() => third.seen).toEqual(["initialize B", "GET B"]);
  await stream.body?.cancel();
});

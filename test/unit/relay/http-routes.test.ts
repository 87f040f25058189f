/** Routes that a server has besides MCP, before a child that a test plays: what they say reaches the client as they say it. */
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { endpoint, scripted } from "./http-bench.ts";

/** A route whose answer a test says. */
async function route(type: string) {
  const { generations, url } = await endpoint();
  const answers: ServerResponse[] = [];
  generations.use(
    await scripted(1, (_request, response) => {
      response.writeHead(200, { "Content-Type": type }).flushHeaders();
      answers.push(response);
    }),
  );
  const { body, headers } = await fetch(new URL("/custom", url));
  const reader = body?.getReader();
  const next = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString();
  return { answers, next, type: headers.get("content-type") };
}

test.each([
  ["application/json", [" \n", '[{"n": 1.0},\n', " ", '{"n": 2}]']],
  ["application/json-seq", ["\u001e{}\n", "\u001e[1,  2]\n"]],
  ["text/event-stream", ["\n", "data: one\r\n\r\n", ":\n", 'event: message\ndata: {"jsonrpc": "2.0"}\n\n']],
  ["text/plain", ["one", "two"]],
])("%s comes as it is said, part by part", async (type, parts) => {
  const { answers, next, type: told } = await route(type);
  expect(told).toBe(type);
  for (const part of parts) {
    answers[0]?.write(part);
    expect(await next()).toBe(part);
  }
  answers[0]?.end();
  expect(await next()).toBe("");
});

test("what comes at once is whole, and what has no body has none", async () => {
  const { generations, url } = await endpoint();
  const json = '{ "a": 1 }';
  generations.use(
    await scripted(1, ({ url: path }, response) => {
      if (path === "/none") response.writeHead(204).end();
      else
        response
          .writeHead(200, { "Content-Type": "application/json", "Content-Length": json.length })
          .end(json);
    }),
  );
  const whole = await fetch(new URL("/json", url));
  expect([await whole.text(), whole.headers.get("content-length")]).toEqual([json, String(json.length)]);
  const head = await fetch(new URL("/json", url), { method: "HEAD" });
  expect([await head.text(), head.headers.get("content-length")]).toEqual(["", String(json.length)]);
  expect((await fetch(new URL("/none", url))).status).toBe(204);
});

test.each([
  ["GET", "is listened to, and again in the next process"],
  ["POST", "is awaited"],
])("an event stream that answers %s %s when its process is replaced", async (method) => {
  const { generations, url } = await endpoint();
  let end = (): void => undefined;
  const upstream = await scripted(1, (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("data: begun\n\n");
    end = () => response.end();
  });
  generations.use(upstream);
  const { body } = await fetch(new URL("/custom", url), { method });
  await body?.getReader().read();
  let isDrained = false;
  const drained = generations.drained(1).then(() => (isDrained = true));
  await new Promise(setImmediate);
  expect(isDrained).toBe(method === "GET");
  end();
  await drained;
});

test.each([
  ["HTTP/1.0", "", 200],
  ["HTTP/1.0", "Host: evil.example\r\n", 403],
  ["HTTP/1.1", "Connection: close\r\n", 400],
])("a simple health check: %s with %j is answered %s", async (version, headers, status) => {
  const { generations, url } = await endpoint();
  const hosts: (string | undefined)[] = [];
  const upstream = await scripted(1, ({ headers: { host } }, response) => {
    hosts.push(host);
    response.end("Ok");
  });
  generations.use(upstream);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`GET /health ${version}\r\n${headers}\r\n`);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(hosts).toEqual(status === 200 ? [`127.0.0.1:${upstream.port}`] : []);
});

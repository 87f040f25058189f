/** A client that reads slowly: the child's answer waits for it, instead of filling our memory. */
import { once } from "node:events";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

const piece = Buffer.from(`event: message\ndata: ${"x".repeat(64 * 1024)}\n\n`);
const pieces = 2000;
const address = "event: endpoint\ndata: /messages?sessionId=one\n\n";

/** Writes as much as it may, and says how much of it was taken. */
async function flood(response: ServerResponse, written: { count: number }): Promise<void> {
  for (; written.count < pieces; written.count++) {
    if (!response.write(piece)) await once(response, "drain");
  }
  response.end();
}

test.each([
  ["a call's stream", "POST", "text/event-stream", "/mcp"],
  ["the session's stream", "GET", "text/event-stream", "/mcp"],
  ["the older transport's stream", "GET", "text/event-stream", "/sse"],
  ["a route of the server's own", "GET", "application/octet-stream", "/download"],
])("%s", async (_name, method, type, path) => {
  const { generations, url, post } = await endpoint();
  const written = { count: 0 };
  const upstream = await scripted(1, (_request, response, called) => {
    if (called === "initialize") answerJson(response);
    else {
      response.writeHead(200, { "Content-Type": type });
      if (path === "/sse") response.write(address);
      void flood(response, written);
    }
  });
  generations.use(upstream);
  await post({ jsonrpc: "2.0", id: 1, method: "initialize" });
  const headers = { "Content-Type": "application/json", "Mcp-Session-Id": "one" };
  const sent = request(new URL(path, url), { method, headers, agent: false });
  sent.end(method === "POST" ? '{"jsonrpc":"2.0","id":2,"method":"tools/call"}' : undefined);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  // Nobody reads: after what fits into the sockets' own buffers, nothing more is taken.
  let before = -1;
  const stands = (): boolean => {
    const stood = before === written.count;
    before = written.count;
    return stood;
  };
  await expect.poll(stands, { interval: 200, timeout: 4000 }).toBe(true);
  expect(written.count).toBeLessThan(pieces / 2);
  let read = 0;
  for await (const chunk of answer) read += (chunk as Buffer).byteLength;
  expect(read).toBe(pieces * piece.byteLength + (path === "/sse" ? address.length : 0));
});

/** A client that lost the stream of a call comes back for the rest of it. */
import { expect, test } from "vitest";
import { answerJson, endpoint, scripted } from "./http-bench.ts";

/** A server with an event store, whose call reports once and is answered on the stream that takes up from there. */
async function resumable(refusals: number) {
  const asked = { again: 0 };
  const upstream = await scripted(1, (request, response, method) => {
    if (method === "initialize") {
      answerJson(response);
      return;
    }
    if (request.method === "GET" && asked.again++ < refusals) {
      response.writeHead(409).end("Stream already has an active connection");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const progress = { jsonrpc: "2.0", method: "notifications/progress", params: {} };
    if (request.method === "POST") response.write(`id: 1\ndata: ${JSON.stringify(progress)}\n\n`);
    else response.end(`id: 2\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: 8, result: {} })}\n\n`);
  });
  return { upstream, asked };
}

test("before the child knows that the client lost it: the rest comes", async () => {
  const { generations, post, url } = await endpoint();
  const { upstream, asked } = await resumable(2);
  generations.use(upstream);
  await post({ jsonrpc: "2.0", id: 7, method: "initialize" });
  const session = { "Mcp-Session-Id": "one" };
  const leaving = new AbortController();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 8, method: "tools/call", params: { name: "wait" } });
  const headers = { ...session, "Content-Type": "application/json" };
  const lost = await fetch(url, { method: "POST", headers, body, signal: leaving.signal });
  const read = await lost.body?.getReader().read();
  const [, last = ""] = /^id: (.*)$/m.exec(Buffer.from(read?.value ?? []).toString()) ?? [];
  leaving.abort();
  const again = { ...session, Accept: "text/event-stream", "Last-Event-ID": last };
  const rest = await fetch(url, { headers: again });
  expect([rest.status, await rest.text()]).toEqual([200, expect.stringContaining('"id":8')]);
  expect(asked.again).toBe(3);
});

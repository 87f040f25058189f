/** A client that listens hears of a list that is another one after a reload, however the server answers. */
import { expect, test } from "vitest";
import type { HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { endpoint, scripted } from "./http-bench.ts";

/** Its one tool has its generation's name; its answers are JSON. */
function child(generation: number): Promise<HttpUpstream> {
  return scripted(generation, (request, response, method, id) => {
    if (request.method === "GET") {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
      return;
    }
    const result =
      method === "tools/list" ? { tools: [{ name: `tool${generation}` }] } : { protocolVersion: "1" };
    response.writeHead(200, { "Content-Type": "application/json", "Mcp-Session-Id": "one" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
}

test("a server that answers in JSON", async () => {
  const { generations, post, url } = await endpoint();
  generations.use(await child(1));
  const session = { "Mcp-Session-Id": "one" };
  await post({ jsonrpc: "2.0", id: 1, method: "initialize" });
  await post({ jsonrpc: "2.0", id: 2, method: "tools/list" }, session);
  const stream = await fetch(url, { headers: { ...session, Accept: "text/event-stream" } });
  generations.use(await child(2));
  const read = await stream.body?.getReader().read();
  expect(Buffer.from(read?.value ?? []).toString()).toContain("notifications/tools/list_changed");
});

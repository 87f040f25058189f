/** What a server is told when somebody does not want to wait any longer. */
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/client/connect.ts";

type Message = { readonly id?: number; readonly method: string; readonly params?: object };

/** A server that answers all but one method. */
async function serverWithout(unanswered: string) {
  const received: Message[] = [];
  const client = new EventEmitter();
  const [waiting, left] = [once(client, "waits"), once(client, "left")];
  const server = createServer((request, response) => {
    if (request.method !== "POST") return void response.writeHead(405).end();
    void json(request).then((body) => {
      const message = body as Message;
      received.push(message);
      const { id, method } = message;
      if (method === unanswered) {
        response.on("close", () => client.emit("left"));
        return client.emit("waits");
      }
      if (id === undefined) return response.writeHead(202).end();
      const serverInfo = { name: "x", version: "1" };
      const result =
        method === "initialize" ? { protocolVersion: "2025-06-18", capabilities: {}, serverInfo } : {};
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  const controller = new AbortController();
  const connecting = connect(
    { kind: "url", url, project: undefined },
    { headers: {}, signal: controller.signal, onOutput: () => undefined, root: "/" },
  );
  const cancelled = () => received.filter(({ method }) => method === "notifications/cancelled");
  return { connecting, controller, received, cancelled, waiting, left };
}

test("who cancels takes back what is open, and nothing that was answered", async () => {
  const { connecting, controller, received, cancelled, waiting } = await serverWithout("tools/call");
  const connection = await connecting;
  await connection.request("ping");
  await connection.request("tools/list");
  const call = connection.request("tools/call", { name: "wait" });
  await waiting;
  controller.abort();
  await expect(call).rejects.toThrow();
  await expect(connection.request("ping")).rejects.toThrow();
  await connection.close();
  const open = received.find(({ method }) => method === "tools/call");
  expect(cancelled()).toMatchObject([{ params: { requestId: open?.id } }]);
});

test("who cancels before the server has said hello hangs up", async () => {
  const { connecting, controller, received, waiting, left } = await serverWithout("initialize");
  await waiting;
  controller.abort();
  await expect(connecting).rejects.toThrow();
  await left;
  expect(received.map(({ method }) => method)).toEqual(["initialize"]);
});

/** The HTTP endpoint before children that a test plays. */
import { once } from "node:events";
import { createServer, Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { onTestFinished } from "vitest";
import type { RecordInput } from "../../../src/log/record.ts";
import { Generations } from "../../../src/relay/generations.ts";
import { HostCheck } from "../../../src/relay/host-check.ts";
import { HttpEndpoint } from "../../../src/relay/http-endpoint.ts";
import { HttpRelay } from "../../../src/relay/http-relay.ts";
import { Connections, readBody, type HttpUpstream } from "../../../src/relay/http-upstream.ts";

export async function endpoint() {
  const records: RecordInput[] = [];
  const generations = new Generations<HttpUpstream>({ waitTimeoutMs: 5000, waitingMax: 10 });
  const relay = new HttpRelay({
    generations,
    recorder: (record) => records.push(record),
    nextName: () => "s1",
    headers: { sessionKey: "x-key", restoredId: "x-id" },
  });
  const listening = new HttpEndpoint(relay, new HostCheck([]));
  const port = await listening.listen("127.0.0.1", 0);
  onTestFinished(() => listening.close());
  const url = `http://127.0.0.1:${port}/mcp`;
  const post = (message: object, session: Record<string, string> = {}): Promise<Response> => {
    const headers = { "Content-Type": "application/json", ...session };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(message) });
  };
  return { generations, post, records, url };
}

export type Handle = (
  request: IncomingMessage,
  response: ServerResponse,
  method: string | undefined,
  id: unknown,
) => void;

/** A child that does with each request what the test says; `method` and `id` are of the message in it. */
export async function scripted(generation: number, handle: Handle): Promise<HttpUpstream> {
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const message =
        body.length === 0 ? {} : (JSON.parse(body.toString()) as { method?: string; id?: unknown });
      handle(request, response, message.method, message.id);
    });
  });
  return listeningChild(server, generation);
}

/** A server that listens until the test is over, as the relay knows a child. */
export async function listeningChild(server: Server, generation = 1): Promise<HttpUpstream> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connections = new Connections(port);
  onTestFinished(() => {
    connections.leave();
    server.close();
    if (server instanceof HttpServer) server.closeAllConnections();
  });
  return { generation, port, endpoint: "/mcp", stateless: false, connections };
}

/** Answers `initialize` with a session and everything else with an empty result. */
export function answerJson(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json", "Mcp-Session-Id": "one" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id: 7, result: {} }));
}

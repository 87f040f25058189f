/** What is around the MCP endpoint: the same status, headers and body as from the bare server, after a save too. */
import { expect } from "vitest";
import { exchange, type Sent } from "../helpers/exchange.ts";
import { call, initializeRequest, test } from "../helpers/mcp-dev.ts";

const json = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
const page = { Origin: "http://localhost:5173" };
const stranger = { Origin: "http://localhost:9999" };
const unknown = { "Mcp-Session-Id": "11111111-1111-4111-8111-111111111111" };
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
const endpoint = "/base/rpc";

const around: readonly Sent[] = [
  { path: "/ping" },
  { path: "/health" },
  { path: "/base/health" },
  { path: "/base/health", method: "HEAD" },
  { path: "/base/ready" },
  { path: "/base/ready", method: "HEAD" },
  { path: "/.well-known/oauth-authorization-server/base" },
  { path: "/.well-known/oauth-protected-resource" },
  { path: "/.well-known/oauth-protected-resource/base/rpc" },
  { path: "/.well-known/openid-configuration" },
  { path: "/cookies?a=1&a=2&b=%C3%A9", headers: page },
  { path: "/cookies", method: "HEAD" },
  { path: "/redirect" },
  { path: "/empty" },
  { path: "/cached", headers: { "If-None-Match": '"one"' } },
  { path: "/fails" },
  { path: "/nothing" },
  { path: "/nothing", method: "HEAD" },
  { path: "/mcp", method: "POST", headers: json, body: list },
  { path: "/see/a%20b//c?x=y", headers: { "X-Two": "a, b", Cookie: "c=d" } },
  { path: "/see/bytes", method: "PUT", body: Buffer.from([0, 255, 10, 13, 128]) },
  { path: "/see/deleted", method: "DELETE" },
  { path: "/see/patched", method: "PATCH", headers: { "Content-Type": "text/plain" }, body: "é" },
  {
    path: endpoint,
    method: "OPTIONS",
    headers: { ...page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-mine" },
  },
  { path: endpoint, method: "OPTIONS", headers: stranger },
  { path: endpoint, method: "OPTIONS" },
];

const atTheEndpoint: readonly Sent[] = [
  { path: endpoint },
  { path: endpoint, method: "HEAD" },
  { path: endpoint, headers: { ...unknown, Accept: "text/event-stream" } },
  { path: endpoint, method: "DELETE" },
  { path: endpoint, method: "DELETE", headers: unknown },
  { path: endpoint, method: "PUT", headers: json, body: list },
  { path: endpoint, method: "POST", headers: json, body: list },
  { path: endpoint, method: "POST", headers: { ...json, ...page }, body: list },
  { path: endpoint, method: "POST", headers: { ...json, ...unknown }, body: list },
  { path: endpoint, method: "POST", headers: json, body: "{" },
  { path: endpoint, method: "POST", headers: json, body: "[]" },
  { path: endpoint, method: "POST", headers: json, body: '{"jsonrpc":"1.0"}' },
  { path: endpoint, method: "POST", headers: { "Content-Type": "text/plain" }, body: list },
  {
    path: endpoint,
    method: "POST",
    headers: json,
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "server/discover", params: {} }),
  },
];

test("the same answers as bare, before and after a save", async ({ bench }) => {
  const project = await bench.project("edges.ts");
  const [bare, dev] = [await bench.bare(project), await bench.http(project)];
  for (const generation of [1, 2]) {
    for (const sent of [...around, ...atTheEndpoint]) {
      const [expected, received] = [await exchange(bare.port, sent), await exchange(dev.port, sent)];
      expect({ generation, sent, received }).toEqual({ generation, sent, received: expected });
    }
    if (generation === 1) {
      await project.save("src/edges.ts", `${await project.read("src/edges.ts")}\n// saved\n`);
      await dev.records.reload("serving");
    }
  }
});

test("base path, endpoint and CORS for a session", async ({ bench }) => {
  const { project, records, port } = await bench.http(await bench.project("edges.ts"));
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  expect(meta).toMatchObject({ url: `http://127.0.0.1:${port}${endpoint}` });
  const url = new URL(`http://127.0.0.1:${port}${endpoint}`);
  const { client, transport } = await bench.connect(url);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  const headers = { ...json, ...page, "Mcp-Session-Id": transport.sessionId ?? "" };
  const answer = await exchange(port, { path: endpoint, method: "POST", headers, body: list });
  expect(answer.headers).toContain("access-control-allow-origin: http://localhost:5173");
  expect(answer.headers).toContain(`mcp-session-id: ${transport.sessionId}`);
});

test("enableJsonResponse: the same answers as bare", async ({ bench }) => {
  const project = await bench.project("json.ts");
  const [bare, dev] = [await bench.bare(project), await bench.http(project)];
  const answers = await Promise.all([bare.port, dev.port].map((port) => talk(port)));
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[0]?.[2]?.headers).toContain("content-type: application/json; charset=utf-8");
});

/** A session's first three answers, without its id and without the capabilities that a later save may bring. */
async function talk(port: number) {
  const post = (body: object, headers = {}) =>
    exchange(port, {
      path: "/mcp",
      method: "POST",
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    });
  const opened = await post(initializeRequest);
  const id = opened.headers.find((header) => header.startsWith("mcp-session-id: "))?.slice(16) ?? "";
  const session = { "Mcp-Session-Id": id };
  const params = { name: "greet", arguments: {} };
  const answers = [
    opened,
    await post({ jsonrpc: "2.0", method: "notifications/initialized" }, session),
    await post({ jsonrpc: "2.0", id: 1, method: "tools/call", params }, session),
  ];
  return answers.map((answer) => ({
    ...answer,
    headers: answer.headers
      .filter((header) => answer !== opened || !header.startsWith("content-length: "))
      .map((header) => header.replace(id, "id")),
    body: answer.body.replace(/"capabilities":\{.*?\},(?="serverInfo")/, ""),
  }));
}

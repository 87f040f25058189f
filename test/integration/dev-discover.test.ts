/** `server/discover` of a dual-era client is answered at once, whatever serves, so that it falls back to the handshake. */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { expect } from "vitest";
import { test } from "../helpers/mcp-dev.ts";

const discover = { jsonrpc: "2.0", id: 1, method: "server/discover", params: {} };
const auto = { versionNegotiation: { mode: "auto" } } as const;
const broken = "export const greeting = ;\n";
/** Imports for as long as the test likes. */
const slow = `import { existsSync } from "node:fs";
while (!existsSync("go on")) await new Promise((resolve) => setTimeout(resolve, 10));
export const greeting = "Salut";
`;

const greet = (client: Client2): Promise<unknown> => client.callTool({ name: "greet", arguments: {} });
const probe = async (url: URL): Promise<number> => {
  const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(discover) })).status;
};

test("HTTP: before the first good start, and in the middle of a reload", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", broken);
  const { records, url } = await bench.http(project, { serving: false });
  await records.next((record) => record.kind === "meta" && record.url !== undefined);
  expect(await probe(url)).toBe(400);
  const client = new Client2({ name: "second", version: "2.0.0" }, auto);
  const connected = client.connect(new Http2(url));
  await project.greet("Salut");
  await records.reload("serving");
  await connected;
  expect(await greet(client)).toMatchObject({ content: [{ text: "Salut" }] });
  await project.save("src/greeting.ts", slow);
  await records.reload("started");
  expect(await probe(url)).toBe(400);
  const another = new Client2({ name: "third", version: "2.0.0" }, auto);
  await another.connect(new Http2(url));
  await project.save("go on", "");
  await records.reload("serving");
  for (const one of [client, another]) {
    expect(await greet(one)).toMatchObject({ content: [{ text: "Salut" }] });
    await one.close();
  }
});

test("stdio: before the first good start", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", broken);
  const { records, send, next } = bench.pipe(project, ["--stdio", "--json"]);
  await records.reload("failed");
  send(discover);
  expect(await next(({ id }) => id === 1)).toMatchObject({ id: 1, error: { code: -32601 } });
});

test("stdio: a dual-era client that waits for the first good save", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", broken);
  const client = new Client2({ name: "second", version: "2.0.0" }, auto);
  const connected = client.connect(new Stdio2(bench.stdioParameters(project)));
  await project.greet("Salut");
  await connected;
  expect(await greet(client)).toMatchObject({ content: [{ text: "Salut" }] });
  await client.close();
});

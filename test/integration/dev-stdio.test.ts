/** `mcp dev` over stdio with real clients: one pipe for the client, whatever happens behind it. */
import { Client as Client2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test("a server that hard-codes HTTP serves the pipe; a save changes its answer", async ({ bench }) => {
  const { project, records, client } = await bench.stdio(await bench.project("plain.ts"));
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello you/);
  await project.greet("Salut");
  expect(await records.reload("serving")).toMatchObject({ generation: 1 });
  expect(await records.reload("serving")).toMatchObject({ generation: 2, files: ["src/greeting.ts"] });
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut you/);
  await client.close();
  const events = records.sessionEvents().filter((event) => event !== "restored");
  expect(events).toEqual(["connect", "ready", "disconnect"]);
  expect(records.all.find((record) => record.kind === "session")).toMatchObject({
    transport: "stdio",
    "network.transport": "pipe",
    client: { name: "test-client", version: "1.2.3" },
  });
});

test("a server that hard-codes stdio serves HTTP on the given port", async ({ bench }) => {
  const { url } = await bench.http(await bench.project("stdio.ts"));
  const { client, transport } = await bench.connect(url);
  expect(await call(client, "greet")).toBe("Hello");
  expect(transport.sessionId).toBeDefined();
});

test("a request in flight at the switch is answered by the child that has it", async ({ bench }) => {
  const { project, records, client } = await bench.stdio(await bench.project("slow.ts"));
  await records.reload("serving");
  let began: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  const args = { until: project.path("until") };
  const slow = client.callTool({ name: "slow", arguments: args }, undefined, { onprogress: () => began?.() });
  await running;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  await project.save("until", "");
  expect(await slow).toMatchObject({ content: [{ text: "Hello" }] });
});

test("a replaced child that crashes fails what it had in flight at once", async ({ bench }) => {
  const { project, records, client } = await bench.stdio(await bench.project("slow.ts"));
  await records.reload("serving");
  const pid = Number(await call(client, "pid"));
  let began: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  const args = { until: project.path("never") };
  const slow = client.callTool({ name: "slow", arguments: args }, undefined, { onprogress: () => began?.() });
  const failed = expect(slow).rejects.toThrow(/crashed/);
  await running;
  await project.greet("Salut");
  await records.reload("serving");
  process.kill(pid, "SIGKILL");
  await failed;
  expect(await call(client, "greet")).toBe("Salut");
});

test("a crash in a call: one error, and the session goes on", async ({ bench }) => {
  const { client } = await bench.stdio(await bench.project("crash.ts"));
  await expect(call(client, "crash")).rejects.toThrow(/crashed.*kaboom/);
  expect(await call(client, "greet")).toBe("Hello");
});

test("a broken save leaves the old child serving", async ({ bench }) => {
  const { project, records, client } = await bench.stdio(await bench.project("plain.ts"));
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  expect(await records.reload("failed")).toMatchObject({ body: { line: 1, servingGeneration: 1 } });
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello/);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
});

test("broken at the very start: initialize waits for its time and is told the reason", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const { records, initialize } = bench.pipe(project, ["--stdio", "--json", "--wait", "500"]);
  await records.reload("failed");
  const message = expect.stringMatching(/Unexpected ";" \(src\/greeting\.ts:1:25\)/) as string;
  expect(await initialize()).toMatchObject({ id: 0, error: { message } });
});

test("broken at the very start: who waits is served after the first good save", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", 'throw new Error("not yet");\n');
  const { records, initialize } = bench.pipe(project, ["--stdio", "--json"]);
  await records.reload("failed");
  const answer = initialize();
  await project.greet("Salut");
  expect(await answer).toMatchObject({ id: 0, result: { serverInfo: { name: "stdio" } } });
});

test("what a server prints never reaches the client, and is shown with its source", async ({ bench }) => {
  const project = await bench.project("noisy.ts");
  const { records, lines, initialize, send, next } = bench.pipe(project, ["--json"]);
  await initialize();
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
  send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "greet", arguments: {} } });
  expect(await next((message) => message["id"] === 1)).toMatchObject({
    result: { content: [{ text: "Hello" }] },
  });
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
  const noise = (body: string): Promise<unknown> =>
    records.next((record) => record.kind === "noise" && record.body === body);
  expect(await noise("noise at import")).toMatchObject({ source: `${project.path("src/noisy.ts")}:5:9` });
  const source = expect.stringContaining("noisy.ts:13") as string;
  expect(await noise("noise in a call")).toMatchObject({ source });
  await noise('{"noise":"of objects"}');
  await noise("noise without end");
});

test("what a server has printed when it ends in the middle of it is shown", async ({ bench }) => {
  const { client, records } = await bench.stdio(await bench.project("flooding.ts"));
  await expect(call(client, "flood")).rejects.toThrow(/crashed/);
  await records.next((record) => record.kind === "noise" && record.body.startsWith("noise 5000"));
  const printed = records.all.flatMap((record) => (record.kind === "noise" ? [record.body] : []));
  const numbered = printed.map((line) => line.split(" -")[0]).filter((line) => line?.startsWith("noise"));
  expect(numbered).toEqual(Array.from({ length: 5000 }, (_, index) => `noise ${index + 1}`));
});

test("a client's first call finds its session among the server's, after a reload too", async ({ bench }) => {
  const { client, project, records } = await bench.stdio(await bench.project("counting.ts"));
  await records.reload("serving");
  expect(await call(client, "count")).toBe("Hello, 1");
  for (let reload = 1; reload <= 5; reload++) {
    const switched = records.reload("serving");
    await project.greet(`Hello ${reload}`);
    await switched;
    const answers = await Promise.all([call(client, "count"), call(client, "count")]);
    expect(answers).toEqual([`Hello ${reload}, 1`, `Hello ${reload}, 1`]);
  }
});

test("a 2.x client, in both of its modes", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  const info = { name: "second", version: "2.0.0" };
  for (const client of [new Client2(info), new Client2(info, { versionNegotiation: { mode: "auto" } })]) {
    await client.connect(new Stdio2(bench.stdioParameters(project)));
    const answer = await client.callTool({ name: "greet", arguments: {} });
    expect(answer).toMatchObject({ content: [{ text: "Hello" }] });
    await client.close();
  }
});

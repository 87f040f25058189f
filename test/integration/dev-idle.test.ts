/** Servers that do not start the way they should: served where that is meant, else told in one sentence what helps. */
import { expect } from "vitest";
import type { LogRecord } from "../../src/log/record.ts";
import { call, test } from "../helpers/mcp-dev.ts";
import { freePort } from "../helpers/processes.ts";

const greetingLine = "export const greeting: string = 'Hello';\n";
/** Imported when there is a file `until`. */
const waitingGreeting = `import { existsSync } from 'node:fs';
while (!existsSync('until')) await new Promise((resolve) => setTimeout(resolve, 10));
${greetingLine}`;

test.for(["exported.ts", "exported-common.cjs"])(
  "%s is served without start(), and runs once",
  async (server, { bench }) => {
    const project = await bench.project(server);
    const { records, url } = await bench.http(project);
    const { client } = await bench.connect(url);
    expect(await call(client, "greet")).toBe("Hello");
    expect(records.all.filter((record) => record.kind === "output" && record.body === "ran")).toHaveLength(1);
  },
);

test("an exported server is reloaded like any other", async ({ bench }) => {
  const project = await bench.project("exported.ts");
  const { records, client } = await bench.over("http", project);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
});

test.for([
  ["unstarted.ts", "unstarted.ts makes a FastMCP server and never starts it: call server.start()"],
  ["no-server.ts", "no-server.ts is no FastMCP server"],
  ["serverless.ts", "serverless.ts imports fastmcp and makes no server"],
  [
    "edge.ts",
    "edge.ts makes a server for an edge runtime, which mcp dev does not serve; run it with wrangler dev",
  ],
  ["exits.ts", "the server exited with code 3 before it served"],
] as const)("%s ends, and is told why it does not serve", async ([server, sentence], { bench }) => {
  const project = await bench.project(server);
  const { records } = bench.start(project, ["--json", "--http", "--port", "0"]);
  const failed = await records.reload("failed");
  expect(failed).toMatchObject({ body: { message: expect.stringContaining(sentence) as string } });
});

test.for([
  ["own-port.ts", /own-port.ts listens on port \d+ by itself/],
  ["official.ts", /official.ts uses the official SDK without FastMCP/],
] as const)("%s goes on, and is told why it does not serve", async ([server, sentence], { bench }) => {
  const project = await bench.project(server);
  const { records } = bench.start(project, ["--json", "--http", "--port", "0"]);
  const error = await records.next((record) => record.kind === "error");
  expect(error).toMatchObject({ body: { message: expect.stringMatching(sentence) as string } });
  // Clients can wait for the save that mends it.
  await records.next((record) => record.kind === "meta" && record.url !== undefined);
});

test("a server that starts late is served where it wants to be, and nothing was guessed before", async ({
  bench,
}) => {
  const project = await bench.project("late.ts");
  const port = await freePort();
  await project.save(".env", `LATE_PORT=${port}\n`);
  const { records } = bench.start(project, ["--json", "--http"]);
  const told = await records.next((record) => record.kind === "error");
  expect(told).toMatchObject({
    body: { message: expect.stringMatching(/has not started it yet/) as string },
  });
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  expect(meta).toMatchObject({ url: `http://127.0.0.1:${port}/late` });
  const { client } = await bench.connect(new URL(`http://127.0.0.1:${port}/late`));
  expect(await call(client, "greet")).toBe("Hello");
  expect(records.all.filter((record) => record.kind === "error")).toHaveLength(1);
});

test("a server that fails late: the endpoint is up for the save that mends it, and that is said", async ({
  bench,
}) => {
  const project = await bench.project("late.ts");
  const { records, url } = await bench.http(project, { serving: false });
  await records.reload("failed");
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  expect(meta).toMatchObject({ url: url.href });
});

test("a top-level await that never ends is what mcp dev and mcp check name", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", `await new Promise(() => undefined);\n${greetingLine}`);
  const { records } = bench.start(project, ["--json", "--http", "--port", "0"]);
  const failed = await records.reload("failed");
  const sentence = "a top-level await in it, or in what it imports, waits for what never comes";
  expect(failed).toMatchObject({ body: { message: expect.stringContaining(sentence) as string } });
  const { stdout } = await bench.mcp(project.folder, ["check", project.entry, "--json"]);
  expect(stdout).toContain(sentence);
});

test("a top-level await that takes its time: who waits is told so, and it is no error", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", waitingGreeting);
  const { records, url } = await bench.http(project, { serving: false, args: ["--wait", "300"] });
  const connected = (): Promise<string> => bench.connect(url).then(() => "connected", String);
  await expect.poll(connected).toContain("plain.ts is still starting");
  await project.save("until", "");
  await records.reload("serving");
  const { client } = await bench.connect(url);
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello you/);
  expect(records.all.filter((record) => record.kind === "error")).toEqual([]);
});

test("at a port that was given, a client can wait for a first start from its beginning", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", waitingGreeting);
  const { records, url } = await bench.http(project, { serving: false });
  await records.reload("started");
  const [{ client }] = await Promise.all([bench.connect(url), project.save("until", "")]);
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello you/);
});

test("start() called twice: the first serves, and it is said once", async ({ bench }) => {
  const project = await bench.project("started-twice.ts");
  const { records, client } = await bench.over("http", project);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  const said = records.all.filter((record) => record.kind === "error");
  expect(said).toMatchObject([
    { body: { message: expect.stringMatching(/start\(\) was called twice/) as string } },
  ]);
});

test("a server that is stopped and started again in its process is served again", async ({ bench }) => {
  const project = await bench.project("restarting.ts");
  const { records, url } = await bench.http(project);
  const say = async (tool: string): Promise<string> => call((await bench.connect(url)).client, tool);
  // A call that is in flight when its server is stopped is never answered.
  const isRunning = (record: LogRecord): boolean =>
    record.kind === "output" && record.body.includes("server is running");
  const started = () => expect.poll(() => records.all.filter(isRunning).length, { timeout: 20_000 });
  await started().toBe(2);
  expect(await say("greet")).toBe("Hello from one");
  await say("restart");
  await started().toBe(3);
  expect(await say("greet")).toBe("Hello from another");
  expect(records.all.filter(({ kind }) => kind === "error")).toEqual([]);
  expect(records.all.filter(({ generation }) => (generation ?? 1) > 1)).toEqual([]);

  await project.greet("Salut");
  await started().toBe(5);
  expect(await say("greet")).toBe("Salut from one");
});

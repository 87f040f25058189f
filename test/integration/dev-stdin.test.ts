/** `mcp dev` at the edges of a pipe: what ends in the middle, what comes early, what stands where it should not. */
import { once } from "node:events";
import { expect } from "vitest";
import { call, initializeRequest, test } from "../helpers/mcp-dev.ts";

const greet = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "greet", arguments: {} } };
const text = (...messages: object[]): string => messages.map((message) => JSON.stringify(message)).join("\n");
const answersIn = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
const nothingSaid = "standard input was closed before a client said anything";

test("what is printed in front of an answer, on its line, does not take it away", async ({ bench }) => {
  const project = await bench.project("glued.ts");
  const { records, initialize, send, next } = bench.pipe(project, ["--json"]);
  expect(await initialize()).toMatchObject({ result: { serverInfo: { name: "glued" } } });
  send(greet);
  expect(await next(({ id }) => id === 1)).toMatchObject({ result: { content: [{ text: "Hello" }] } });
  for (const body of ["starting...", 'loading {"percent": 50}...'])
    expect(await records.next((record) => record.kind === "noise")).toMatchObject({ body });
});

test("stopped before anything is said: that is no mistake of a client", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  const { command, records } = bench.pipe(project, ["--stdio", "--json"]);
  await records.reload("serving");
  command.kill("SIGINT");
  expect((await command).exitCode).toBe(130);
  expect(records.all.filter(({ kind }) => kind === "error")).toEqual([]);
});

test("requests followed at once by the end of input are answered, the last one without a line feed too", async ({
  bench,
}) => {
  const project = await bench.project("stdio.ts");
  const command = bench.run(project.folder, [project.entry, "--stdio", "--json"]);
  command.stdin.end(text(initializeRequest, greet));
  const { exitCode, stdout } = await command;
  expect(answersIn(stdout)).toMatchObject([
    { id: 0, result: { serverInfo: { name: "stdio" } } },
    { id: 1, result: { content: [{ text: "Hello" }] } },
  ]);
  expect(exitCode).toBe(0);
});

test("a request that does not end in its time does not keep the command", async ({ bench }) => {
  const project = await bench.project("slow.ts");
  const command = bench.run(project.folder, [project.entry, "--stdio", "--json", "--drain", "50"]);
  const slow = { ...greet, params: { name: "slow", arguments: { until: project.path("never") } } };
  command.stdin.write(`${text(initializeRequest, slow)}\n`);
  await once(command.stdout, "data");
  command.stdin.end();
  expect((await command).exitCode).toBe(0);
});

test.for([[], ["--stdio"]] as const)(
  "closed before anything is said, %j: it says so",
  async (flags, { bench }) => {
    const project = await bench.project("stdio.ts");
    const command = bench.run(project.folder, [project.entry, ...flags, "--quiet"]);
    command.stdin.end();
    const { exitCode, stdout, stderr } = await command;
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr.split("\n").filter((line) => line.includes(nothingSaid))).toHaveLength(1);
  },
);

test("broken at the very start: a client that speaks is told the reason, and its end is the end", async ({
  bench,
}) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const command = bench.run(project.folder, [project.entry, "--json", "--wait", "2000"]);
  command.stdin.end(text(initializeRequest));
  const { exitCode, stdout } = await command;
  const message = expect.stringMatching(/Unexpected ";" \(src\/greeting\.ts:1:25\)/) as string;
  expect(answersIn(stdout)).toMatchObject([{ id: 0, error: { message } }]);
  expect(exitCode).toBe(0);
});

test("broken at the very start: a client that speaks is served after the first good save", async ({
  bench,
}) => {
  const project = await bench.project("stdio.ts");
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const { command, records, initialize } = bench.pipe(project, ["--json"]);
  await records.reload("failed");
  const answer = initialize();
  await project.greet("Salut");
  expect(await answer).toMatchObject({ result: { serverInfo: { name: "stdio" } } });
  command.stdin.end();
  expect((await command).exitCode).toBe(0);
});

test("broken at the very start, with nobody at the input: HTTP is served after the first good save", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const { command, records } = bench.pipe(project, ["--json", "--port", "0"]);
  records.read(command.stdout);
  command.stdin.end();
  await records.reload("failed");
  await project.greet("Salut");
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  const { client } = await bench.connect(new URL(meta.kind === "meta" ? (meta.url ?? "") : ""));
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
});

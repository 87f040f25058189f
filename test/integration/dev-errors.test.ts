/** Errors as `mcp dev` shows them: what, where in the source, the lines around it, the stack of own code. */
import { mkdir } from "node:fs/promises";
import { expect } from "vitest";
import { call, newClient, test, type DevBench } from "../helpers/mcp-dev.ts";

const server = "src/failing.ts";

/** A server that serves, at a terminal, and a client of it. */
async function serving(bench: DevBench) {
  const project = await bench.project("failing.ts");
  const terminal = await bench.terminal(project);
  await terminal.see("h shows the keys");
  const { client } = await bench.connect(terminal.url, { client: newClient() });
  await terminal.see("✓ ready");
  return { project, terminal, client };
}

test("a syntax error", async ({ bench }) => {
  const { project, terminal } = await serving(bench);
  await project.save("src/greeting.ts", "const one = 1;\nexport const greeting = ;\n");
  await terminal.see(" failed · src/greeting.ts");
  await terminal.see('SyntaxError: Unexpected ";"');
  await terminal.see("src/greeting.ts:2:25");
  await terminal.see("> 2 | export const greeting = ;");
  await terminal.see("^");
  await terminal.see("generation 1 goes on serving");
});

test("an import of what is not there", async ({ bench }) => {
  const { project, terminal } = await serving(bench);
  await project.save("src/greeting.ts", 'export { greeting } from "./nowhere.ts";\n');
  await terminal.see(" failed · src/greeting.ts");
  await terminal.see("nowhere.ts");
  await terminal.see("src/greeting.ts:1:26");
  await terminal.see("> 1 | export { greeting }");
  await terminal.see("generation 1 goes on serving");
});

test("a throw at the start, through a function", async ({ bench }) => {
  const { project, terminal } = await serving(bench);
  const text =
    "function load(): never {\n  throw new RangeError('too far', { cause: 'the road' });\n}\n\nexport const greeting = load();\n";
  await project.save("src/greeting.ts", text);
  await terminal.see("RangeError: too far");
  await terminal.see("src/greeting.ts:2:9");
  await terminal.see("> 2 |   throw new RangeError('too far', { cause: 'the road' });");
  await terminal.see("at load (src/greeting.ts:2:9)");
  await terminal.see("src/greeting.ts:5:25");
  await terminal.see("caused by 'the road'");
});

test("a throw in a tool: its stack without dependencies and without ours", async ({ bench }) => {
  const { terminal, client } = await serving(bench);
  expect(await client.callTool({ name: "shout" })).toMatchObject({ isError: true });
  await terminal.see("error  TypeError: Cannot read properties of undefined");
  await terminal.see(`${server}:8:16`);
  await terminal.see(">  8 |   return text!.toUpperCase();");
  await terminal.see(`at shout (${server}:8:16)`);
  await expect.poll(() => terminal.screen()).toContain("tools/call shout");
  expect(terminal.screen()).not.toMatch(/at .*(?:node_modules|dist\/child)/);
});

test("what a tool tells its caller is no error of the server", async ({ bench }) => {
  const { terminal, client } = await serving(bench);
  await client.callTool({ name: "refuse" });
  await terminal.see("✗ not today");
  expect(terminal.screen()).not.toContain("error  ");
});

test("a throw that nobody waits for: where, and the server comes back", async ({ bench }) => {
  const { terminal, client } = await serving(bench);
  // Its answer may come before the process is gone, or not.
  await client.callTool({ name: "later" }).catch(() => undefined);
  await terminal.see("error  TypeError: Cannot read properties of undefined");
  await terminal.see(">  8 |   return text!.toUpperCase();");
  await terminal.see("── reload 2");
});

test("a package that is not installed, a type that is imported as a value: what helps", async ({ bench }) => {
  const { project, terminal } = await serving(bench);
  await project.save("src/greeting.ts", 'export { greeting } from "not-there";\n');
  await terminal.see("is it installed? npm install not-there");
  expect(terminal.screen()).not.toContain("hooks.js");
  await project.save("src/greeting.ts", 'export { Context as greeting } from "fastmcp";\n');
  await terminal.see('if Context is a type: import type { Context } from "fastmcp"');
});

test("a save after which it waits forever: the old one goes on, and it is said", async ({ bench }) => {
  const { project, terminal } = await serving(bench);
  await project.save(
    "src/greeting.ts",
    "setInterval(() => 0, 1000);\nawait new Promise(() => 0);\nexport const greeting = '';\n",
  );
  await terminal.see(
    "error  failing.ts is still starting; it, or what it imports, seems to wait in a top-level await",
  );
});

/** Without what a password is. */
const rejected = "{ code: 'EBAD', password: '[redacted]' }";

test("stdio: what a promise was rejected with in a call, for the client and in the record", async ({
  bench,
}) => {
  const { records, client } = await bench.stdio(await bench.project("rejecting.ts"));
  await expect(call(client, "reject")).rejects.toThrow(`crashed while it handled this request: ${rejected}`);
  const message = expect.stringContaining(rejected) as string;
  expect(await records.next(({ kind }) => kind === "error")).toMatchObject({ body: { message } });
  expect(await call(client, "greet")).toBe("Hello");
});

test("stdio: what a promise was rejected with at the start, for who waits and in the record", async ({
  bench,
}) => {
  const project = await bench.project("rejecting.ts");
  await project.greet("no");
  const { records, initialize } = bench.pipe(project, ["--stdio", "--json", "--wait", "500"]);
  const message = expect.stringContaining(rejected) as string;
  expect(await records.reload("failed")).toMatchObject({ body: { message } });
  expect(await initialize()).toMatchObject({ error: { message } });
});

test("what a promise was rejected with, on the screen", async ({ bench }) => {
  const terminal = await bench.terminal(await bench.project("rejecting.ts"), { args: ["--http"] });
  await terminal.see("h shows the keys");
  const { client } = await bench.connect(terminal.url);
  await expect(call(client, "reject")).rejects.toThrow("EBAD");
  await terminal.see(`error  ${rejected}`);
});

test("a file outside the entry's folder that is imported before it is there mends the server when it comes", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  await mkdir(project.path("lib"));
  await project.save("lib/index.ts", 'export const greeting: string = "Hello";\n');
  await project.save("src/greeting.ts", 'export { greeting } from "../lib/index.ts";\n');
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  await project.save("src/greeting.ts", 'export { greeting } from "../lib/later/word.js";\n');
  await records.reload("failed");
  await mkdir(project.path("lib/later"));
  await project.save("lib/later/word.ts", 'export const greeting: string = "Later";\n');
  expect(await records.reload("serving")).toMatchObject({ files: ["lib/later/word.ts"] });
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Later/);
  await project.save("lib/later/word.ts", 'export const greeting: string = "Again";\n');
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Again/);
});

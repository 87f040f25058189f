/** `mcp dev` as a person at a terminal has it: what it says at the start, its keys, its colours, how it ends. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import { keys } from "../helpers/terminal.ts";

const escape = "\u001B";

async function atTerminal(
  bench: DevBench,
  server: string,
  options: Parameters<DevBench["terminal"]>[1] = {},
) {
  const project = await bench.project(server);
  const terminal = await bench.terminal(project, options);
  await terminal.see("ready in");
  return { project, ...terminal };
}

test("the start: who, where, what it offers, what a client of stdio is told, the log", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  await project.save(".env", "MCP_USER_TOKEN=secret\nMCP_TOKEN=secret\nOTHER=1\n");
  const { see, screen, url } = await bench.terminal(project);
  await see("h shows the keys");
  const block = screen();
  expect(block).toMatch(/auth +Authorization: Bearer <the value of MCP_USER_TOKEN>\n/);
  expect(block).toMatch(/^\s+offering 1\.0\.0 {2}ready in \d/);
  expect(block).toContain(url.href);
  expect(block).toMatch(/offers +6 tools, 1 resource, 1 prompt\n/);
  expect(block).toMatch(/log +\.mcp\/sessions\/\S+\.jsonl/);
  const entry = /"fixture": \{[^}]*\}/.exec(block)?.[0];
  expect(JSON.parse(`{${String(entry)}}`)).toEqual({
    fixture: {
      command: process.execPath,
      args: [expect.stringMatching(/mcp\.js$/), "dev", "--stdio", project.path("src/offering.ts")],
    },
  });
  expect(block).not.toContain("── serving");
});

test("a first start that fails, and the save that mends it", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const { see } = await bench.terminal(project);
  await see("the server does not start yet");
  await project.greet("Salut");
  await see("ready in");
  await see("offers");
});

test("h, l, s: the keys, what the server offers, who is connected", async ({ bench }) => {
  const { see, type, url } = await atTerminal(bench, "offering.ts");
  await see("h shows the keys");
  type("h");
  await see("reload from scratch");
  type("l");
  await see("add(a: number, b: number, note?: string)");
  await see("greet(who)");
  type("s");
  await see("no sessions");
  const { client } = await bench.connect(url);
  await see("✓ ready");
  await call(client, "add", { a: 1, b: 2 });
  await see("tools/call add");
  type("s");
  await see("s1  test-client 1.2.3");
  await see("1 call");
});

test("r: a new process, the same session", async ({ bench }) => {
  const { see, type, url } = await atTerminal(bench, "slow.ts");
  const { client } = await bench.connect(url);
  const before = await call(client, "pid");
  type("r");
  await see("── reload 2");
  expect(await call(client, "pid")).not.toBe(before);
});

test("t: choose a tool, answer for its arguments, see the answer; e: the payloads; c: nothing", async ({
  bench,
}) => {
  const { see, type, raw } = await atTerminal(bench, "offering.ts");
  await see("h shows the keys");
  type("t");
  await see("Call which tool?");
  await see("❯ add(");
  type(keys.enter);
  await see("a number");
  type(`one${keys.enter}`);
  await see("must be number");
  type(`${keys.clearLine}20${keys.enter}`);
  await see("b number");
  type(`3${keys.enter}`);
  await see("note? string");
  type(keys.enter);
  await see("✓ add answered");
  await see("23");
  type("e");
  await see('"arguments": {');
  await see('"text": "23"');
  type("c");
  await expect.poll(raw).toContain(`${escape}[2J`);
});

test("t: a list to choose from, one that fails, and Ctrl-C at a question", async ({ bench }) => {
  const { see, type } = await atTerminal(bench, "offering.ts");
  await see("h shows the keys");
  type("t");
  await see("❯ add(");
  type("fail");
  await see("❯ fail()");
  type(keys.enter);
  await see("✗ fail failed");
  await see("no such order");
  type("t");
  await see("❯ add(");
  type(keys.ctrlC);
  await see("called off");
  type("h");
  await see("reload from scratch");
});

test("t while a call of it is pending: its answer does not come into the question, but after it", async ({
  bench,
}) => {
  const { see, type, screen, project } = await atTerminal(bench, "slow.ts");
  await see("h shows the keys");
  type("t");
  await see("❯ slow(");
  type(keys.enter);
  await see("until string");
  type(`${project.path("now")}${keys.enter}`);
  await see("✔ until");
  type("t");
  await see("❯ slow(");
  await project.save("now", "");
  const [log = ""] = readdirSync(project.path(".mcp/sessions"));
  const answered = /"kind":"response".*"gen_ai.tool.name":"slow"/;
  await expect.poll(() => readFileSync(project.path(`.mcp/sessions/${log}`), "utf8")).toMatch(answered);
  type(keys.down);
  await see("❯ greet()");
  expect(screen()).not.toContain("slow answered");
  type(keys.ctrlC);
  await see("✓ slow answered");
});

test("Ctrl-C once: what is in flight is answered first", async ({ bench }) => {
  const { see, type, url, ended, project } = await atTerminal(bench, "slow.ts");
  const { client } = await bench.connect(url);
  const answer = call(client, "slow", { until: project.path("now") });
  // It has begun when a second request of that session is answered.
  await call(client, "greet");
  type(keys.ctrlC);
  await see("finishing what is in flight");
  await project.save("now", "");
  expect(await answer).toBe("Hello");
  expect(await ended).toBe(130);
});

test("Ctrl-C twice: it ends at once, and nothing is left", async ({ bench }) => {
  const { see, type, url, ended, project } = await atTerminal(bench, "slow.ts");
  const { client } = await bench.connect(url);
  void client.callTool({ name: "slow", arguments: { until: project.path("never") } }).catch(() => undefined);
  await call(client, "greet");
  type(keys.ctrlC);
  await see("finishing what is in flight");
  type(keys.ctrlC);
  expect(await ended).toBe(130);
  await bench.nothingRuns();
});

test("q ends it with 0, and Ctrl-Z and fg leave the shell a terminal that works", async ({ bench }) => {
  const { see, type, dev } = await bench.shell(await bench.project("plain.ts"));
  await see("$ ");
  type(`${dev}\r`);
  await see("h shows the keys");
  type(keys.ctrlZ);
  await see("Stopped");
  type("stty -a | grep -ow -- '-*icanon'\r");
  await see("\nicanon");
  type("fg\r");
  await see(" dev ");
  // It reads keys again a moment after the shell has said that it goes on.
  const pressed = setInterval(type, 200, "s");
  await see("no sessions");
  clearInterval(pressed);
  type("t");
  await see("❯ ");
  type(keys.ctrlZ);
  await see("Stopped");
  type("fg\r");
  await see(" dev ");
  const typed = setInterval(type, 200, "z");
  await see("No results found");
  clearInterval(typed);
  type(keys.ctrlC);
  await see("called off");
  type("q");
  await see("$ ");
  type("echo code=$?; stty -a | grep -ow -- '-*icanon'\r");
  await see("\ncode=0");
  await see("\nicanon");
});

test("a signal leaves the shell a terminal that works", async ({ bench }) => {
  const { see, type, screen, dev } = await bench.shell(await bench.project("plain.ts"));
  await see("$ ");
  type(`${dev} & echo pid=$!; fg\r`);
  await see("h shows the keys");
  process.kill(Number(/pid=(\d+)/.exec(screen())?.[1]), "SIGTERM");
  await see("$ ");
  type("echo code=$?; stty -a | grep -ow -- '-*icanon'\r");
  await see("\ncode=143");
  await see("\nicanon");
});

test("in the background it runs on, and does not take the terminal", async ({ bench }) => {
  const { see, type, dev } = await bench.shell(await bench.project("plain.ts"));
  await see("$ ");
  type(`${dev} &\r`);
  await see("ready in");
  type("jobs\r");
  await see("Running");
  type("kill %1; wait %1; echo code=$?\r");
  await see("\ncode=143");
});

test("a pipe that is closed early ends it quietly", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  const { see, type, dev } = await bench.shell(project);
  await see("$ ");
  type(`${dev} | head -2; echo codes=\${PIPESTATUS[*]}\r`);
  await see("ready in");
  // It learns of it when it has something to say.
  await project.greet("Salut");
  await see("\ncodes=0 0");
});

test("no colour where NO_COLOR says so; the width is that of the moment", async ({ bench }) => {
  const { see, screen, raw, resize, project } = await atTerminal(bench, "plain.ts", {
    env: { NO_COLOR: "1" },
  });
  await project.greet("Salut");
  await see("── reload 2");
  await see("\n");
  resize(50);
  await project.greet("Hej");
  await see("── reload 3");
  await see("\n");
  expect(raw()).not.toContain(`${escape}[3`);
  const rules = screen()
    .split("\n")
    .filter((line) => line.startsWith("── reload"));
  expect(rules.map((line) => line.length)).toEqual([120, 50]);
});

test("colours at a terminal", async ({ bench }) => {
  const { raw } = await atTerminal(bench, "plain.ts");
  expect(raw()).toContain(`${escape}[32mready in`);
});

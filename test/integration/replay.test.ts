/** `mcp replay`: a recorded session is sent again, and what differs is shown. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

type Outcome = {
  same: boolean;
  requests: {
    method: string;
    differences: { path: string; recorded?: unknown; now?: unknown }[];
    skipped?: string;
  }[];
};

function askedClient(): Client {
  const client = new Client({ name: "asked", version: "1.0.0" }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: "accept",
    content: { name: "Ann", password: "hunter2-hunter2" },
  }));
  return client;
}

/** A project whose session `s1` was a call of `greet`; its dev server has ended. */
async function greeted(bench: DevBench): Promise<Project> {
  const project = await bench.project("keyed.ts");
  const { command, url } = await bench.http(project);
  const { client } = await bench.connect(url);
  await call(client, "greet");
  await client.close();
  command.kill("SIGTERM");
  await command;
  return project;
}

test("the same answers, whatever the time and the ids in them; another answer after an edit", async ({
  bench,
}) => {
  const project = await bench.project("keyed.ts");
  const { records, url } = await bench.http(project);
  const { client } = await bench.connect(url);
  const what = `${"tea and ".repeat(20)}cake`;
  await call(client, "order", { apiKey: "right", what });
  await call(client, "greet");
  await client.listTools();
  await client.callTool({ name: "absent" }).catch(() => undefined);
  // More than Node takes for a leak.
  for (let n = 0; n < 12; n++) await client.ping();
  await client.close();

  const replay = (...args: string[]) =>
    bench.mcp(project.folder, ["replay", "s1", ...args], { MCP_REPLAY_API_KEY: "right" });
  const same = await replay();
  expect(same.stdout).toMatch(
    /✔ initialize\n✔ tools\/call order .*\[redacted\].* cake"\}\n✔ tools\/call greet\n✔ tools\/list\n✔/,
  );
  expect(same).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^session s1 of \S+, recorded \S+ \S+$/) as string,
  });

  await project.greet("Salut");
  await records.reload("serving");
  const different = await replay("--json");
  expect(different.exitCode).toBe(1);
  const { same: isSame, requests } = JSON.parse(different.stdout) as Outcome;
  expect(isSame).toBe(false);
  expect(requests.filter(({ differences }) => differences.length > 0)).toMatchObject([
    {
      differences: [{ path: "result.content[0].text.what", recorded: `Hello ${what}`, now: `Salut ${what}` }],
    },
    { differences: [{ path: "result.content[0].text", recorded: "Hello", now: "Salut" }] },
  ]);
  expect((await replay("--ignore", "result.content[*].text")).exitCode).toBe(0);
});

test("a replay is no recording: however often it is run, it compares with what was recorded, and says with what", async ({
  bench,
}) => {
  const project = await greeted(bench);
  const logs = () => readdir(join(project.folder, ".mcp/sessions"));
  const [recorded = ""] = await logs();
  await project.greet("Salut");
  await bench.http(project);

  const replay = (...args: string[]) => bench.mcp(project.folder, ["replay", ...args]);
  for (let run = 1; run <= 2; run++) {
    const different = await replay("s1");
    expect(different).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('- "Hello"') as string });
    expect(different.stderr).toContain(`session s1 of ${recorded}, recorded 20`);
  }
  const second = await replay("s2");
  expect(second).toMatchObject({ exitCode: 2, stdout: "" });
  expect(second.stderr).toContain("session s2 is itself a replay");

  const replays = (await logs()).find((name) => name !== recorded) ?? "";
  const named = await replay("s1", "--log", `.mcp/sessions/${replays}`);
  expect(named).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(replays) as string });
});

test("one request of a session, sent to a server that is started for it", async ({ bench }) => {
  const project = await greeted(bench);
  const replayed = await bench.mcp(project.folder, ["replay", "s1/1", "--entry", project.entry]);
  expect(replayed).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/same: 1 answer compared/) as string,
  });
});

test("what is redacted is never sent: a value from the environment, or an error", async ({ bench }) => {
  const project = await bench.project("keyed.ts");
  const { url } = await bench.http(project);
  const { client } = await bench.connect(url);
  await call(client, "order", { apiKey: "right", what: "tea" });
  await client.callTool({ name: "absent", arguments: { password: "hunter2" } }).catch(() => undefined);
  const before = await bench.mcp(project.folder, ["replay", "s1"]);
  expect(before.exitCode).toBe(2);
  expect(before.stderr).toMatch(/set MCP_REPLAY_API_KEY, MCP_REPLAY_PASSWORD in .*\.env$/m);
  const values = { MCP_REPLAY_API_KEY: "wrong", MCP_REPLAY_PASSWORD: "hunter3" };
  const wrong = await bench.mcp(project.folder, ["replay", "s1"], values);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stdout).toMatch(/result\.content\[0\]\.text\.accepted\n\s+- true\n\s+\+ false/);
});

test("different values under one name, each for its request", async ({ bench }) => {
  const project = await bench.project("keyed.ts");
  const { url } = await bench.http(project);
  const { client } = await bench.connect(url);
  await call(client, "order", { apiKey: "right", what: "tea" });
  await call(client, "order", { apiKey: "other", what: "tea" });
  const one = { MCP_REPLAY_1_API_KEY: "right" };
  const missing = await bench.mcp(project.folder, ["replay", "s1"], one);
  expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
  expect(missing.stderr).toMatch(/set MCP_REPLAY_API_KEY in .*, or MCP_REPLAY_2_API_KEY for one request$/m);
  const both = await bench.mcp(project.folder, ["replay", "s1"], { ...one, MCP_REPLAY_2_API_KEY: "other" });
  expect(both.exitCode).toBe(0);
  const general = await bench.mcp(project.folder, ["replay", "s1"], { ...one, MCP_REPLAY_API_KEY: "other" });
  expect(general.exitCode).toBe(0);
});

test("the server's questions are answered as the client answered them", async ({ bench }) => {
  const project = await bench.project("asking.ts");
  const { url } = await bench.http(project);
  const { client } = await bench.connect(url, { client: askedClient() });
  const answer = await call(client, "elicit");
  await client.close();
  expect(answer).toContain("Ann");
  const unanswered = await bench.mcp(project.folder, ["replay", "s1"]);
  expect(unanswered).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unanswered.stderr).toContain("MCP_REPLAY_PASSWORD");
  const replayed = await bench.mcp(project.folder, ["replay", "s1"], { MCP_REPLAY_PASSWORD: "hunter3" });
  expect(replayed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("same") as string });
});

test("a session that went on through a reload, as one; a call that the log has cut, not at all", async ({
  bench,
}) => {
  const project = await bench.project("keyed.ts");
  const { records, client } = await bench.stdio(project);
  await records.reload("serving");
  await call(client, "greet");
  await project.greet("Salut");
  await records.reload("serving");
  await call(client, "greet");
  await call(client, "order", { apiKey: "right", what: "tea ".repeat(100_000) });
  await client.close();
  const entry = ["--entry", project.entry];
  const replayed = await bench.mcp(project.folder, ["replay", "s1", ...entry]);
  expect(replayed.stdout).toMatch(
    /✗ tools\/call greet\n[^]*"Hello"\n[^]*"Salut"\n✔ tools\/call greet\n– tools\/call order\n/,
  );
  expect(replayed.stdout).toMatch(/1 of 3 answers compared, 1 left out/);
  const cut = await bench.mcp(project.folder, ["replay", "s1/3", ...entry]);
  expect(cut).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("too long for the log") as string,
  });
});

test("a server that ends instead of answering is a difference, and a session's name counts once a run", async ({
  bench,
}) => {
  const project = await bench.project("keyed.ts");
  const log = ["--log", "calls.jsonl"];
  for (const word of ["Hello", "Salut"]) {
    await project.greet(word);
    const { command, url } = await bench.http(project, { args: log });
    const { client } = await bench.connect(url);
    await call(client, "greet");
    await client.close();
    command.kill("SIGTERM");
    await command;
  }
  const replay = (...more: string[]) =>
    bench.mcp(project.folder, ["replay", ...more, ...log, "--entry", project.entry, "--fresh"]);
  const same = await replay("s1");
  expect(same).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/✔ tools\/call greet\n\nsame: 2 answers compared/) as string,
  });

  const source = await project.read(project.entry);
  await project.save(project.entry, source.replace("async () => greeting", "async () => process.exit(7)"));
  const ended = await replay("s1", "--json");
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).not.toMatch(/^ +at /m);
  const { requests } = JSON.parse(ended.stdout) as Outcome;
  expect(requests.at(-1)?.differences).toMatchObject([{ path: "result" }, { path: "error", now: {} }]);
});

test("nothing to replay is said plainly", async ({ bench }) => {
  const project = await bench.project("keyed.ts");
  const none = await bench.mcp(project.folder, ["replay", "s9"]);
  expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no session s9") as string });
  const { url } = await bench.http(project, { args: ["--no-payloads"] });
  const { client } = await bench.connect(url);
  await call(client, "greet");
  const empty = await bench.mcp(project.folder, ["replay", "s1"]);
  expect(empty).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("without its payload") as string,
  });
});

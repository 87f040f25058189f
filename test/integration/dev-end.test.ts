/** However `mcp dev` ends, nothing of it is left. The bench checks each test for processes and ports. */
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test.for([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s ends it with %i", async ([signal, exitCode], { bench }) => {
  const { command, records, url } = await bench.http(await bench.project("plain.ts"));
  await bench.connect(url);
  command.kill(signal);
  expect((await command).exitCode).toBe(exitCode);
  await bench.nothingRuns();
  expect(records.sessionEvents()).toEqual(["connect", "ready", "disconnect"]);
});

test("a child that ignores SIGTERM and has a child of its own is ended with it", async ({ bench }) => {
  const { command } = await bench.http(await bench.project("stubborn.ts"));
  command.kill("SIGTERM");
  expect((await command).exitCode).toBe(143);
  await bench.nothingRuns();
});

test("a replaced child that does not want to end is ended too", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("stubborn.ts"));
  const { client } = await bench.connect(url);
  const before = await bench.processes();
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  const left = async (): Promise<number> =>
    (await bench.processes()).filter((pid) => before.includes(pid)).length;
  // Of those that ran before only the command itself and the child that was its standby go on.
  await expect.poll(left, { timeout: 8000, interval: 50 }).toBeLessThanOrEqual(2);
});

test("a process that the server has detached, and that holds its output open, hides no crash and no end", async ({
  bench,
}) => {
  const project = await bench.project("detached.ts");
  try {
    const { command, records, url } = await bench.http(project);
    const { client } = await bench.connect(url);
    await expect(call(client, "crash")).rejects.toThrow();
    await records.reload("serving");
    expect(await call(client, "greet")).toBe("Hello");
    await project.greet("Salut");
    await records.reload("serving");
    expect(await call(client, "greet")).toBe("Salut");
    command.kill("SIGINT");
    expect((await command).exitCode).toBe(130);
  } finally {
    for (const file of (await readdir(project.folder)).filter((name) => name.endsWith(".pid")))
      process.kill(Number(await project.read(file)), "SIGKILL");
  }
});

test("stdio: a call gets its answer when the server crashes that has detached a process", async ({
  bench,
}) => {
  const project = await bench.project("detached.ts");
  try {
    const { client } = await bench.stdio(project);
    await expect(call(client, "crash")).rejects.toThrow(/kaboom/);
    expect(await call(client, "greet")).toBe("Hello");
  } finally {
    for (const file of (await readdir(project.folder)).filter((name) => name.endsWith(".pid")))
      process.kill(Number(await project.read(file)), "SIGKILL");
  }
});

test("the client closing its end ends it with 0", async ({ bench }) => {
  const { command, initialize } = bench.pipe(await bench.project("stdio.ts"), []);
  await initialize();
  command.stdin.end();
  expect((await command).exitCode).toBe(0);
  await bench.nothingRuns();
});

test("SIGTERM ends it while the client keeps its end open", async ({ bench }) => {
  const { command, initialize } = bench.pipe(await bench.project("stdio.ts"), []);
  await initialize();
  command.kill("SIGTERM");
  expect((await command).exitCode).toBe(143);
  await bench.nothingRuns();
});

test("stdio: a client that ends it during a call that never ends leaves nothing behind", async ({
  bench,
}) => {
  const { records, client } = await bench.stdio(await bench.project("spinning.ts"));
  call(client, "spin").catch(() => undefined);
  await records.next((record) => record.kind === "request" && record["mcp.method.name"] === "tools/call");
  // Ends its input, sends SIGTERM 2 s later, and SIGKILL another 2 s later.
  await client.close();
  await bench.nothingRuns();
});

test("SIGKILL leaves no child either", async ({ bench }) => {
  const { command } = await bench.http(await bench.project("stubborn.ts"));
  command.kill("SIGKILL");
  await command;
  await bench.nothingRuns();
});

test("an end in the middle of the start", async ({ bench }) => {
  const { command, records } = await bench.http(await bench.project("plain.ts"), { serving: false });
  await records.reload("started");
  command.kill("SIGINT");
  expect((await command).exitCode).toBe(130);
  await bench.nothingRuns();
});

test("a log on a disk that does not answer delays no answer, and not the end", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  const log = join(project.folder, "pipe");
  await execa("mkfifo", [log]);
  // Opened and never read: a write hangs, as it does on a drive that is gone.
  const reader = await open(log, constants.O_RDONLY | constants.O_NONBLOCK);
  const { command, url } = await bench.http(project, { args: ["--log", log] });
  const { client } = await bench.connect(url);
  const name = "x".repeat(100_000);
  for (let count = 0; count < 5; count++) expect(await call(client, "greet", { name })).toContain("Hello");
  command.kill("SIGINT");
  expect(await command).toMatchObject({
    signal: "SIGINT",
    stderr: expect.stringContaining("the disk does not answer") as unknown,
  });
  await bench.nothingRuns();
  await reader.close();
});

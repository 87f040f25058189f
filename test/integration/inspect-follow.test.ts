import { appendFile, mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SessionLog } from "../../src/log/writer.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { bin, InspectBench } from "./inspect-bench.ts";

let bench: InspectBench;
beforeEach(async () => {
  bench = await InspectBench.create();
});
afterEach(() => bench.close());

const say = (log: SessionLog, body: string): unknown =>
  log.record({ kind: "output", stream: "stderr", body });
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe("mcp inspect follows", () => {
  test("a server that starts later, its rotations, and a restarted server, each record once", async () => {
    const inspect = bench.start([]);
    expect(await inspect.note()).toBe(`no session log in ${bench.project} yet; waiting for mcp dev`);
    const first = bench.log({ limits: { fileBytes: 2000 } });
    for (const number of numbers(1, 60)) say(first, number);
    expect((await inspect.bodies(60)).filter((body) => typeof body === "string")).toHaveLength(60);
    await first.close();
    expect((await readdir(bench.sessions)).length).toBeGreaterThan(1);

    const second = bench.log();
    say(second, "restarted");
    expect(await inspect.bodies(1)).toEqual(["restarted"]);
    expect((await inspect.kill("SIGTERM")).code).toBe(143);
  });

  test("history first, then what comes, without a seam", async () => {
    const log = bench.log();
    for (const number of numbers(1, 500)) say(log, number);
    const inspect = bench.start(["-n", "all"]);
    const writing = (async () => {
      for (const number of numbers(501, 1500)) {
        say(log, number);
        await new Promise(setImmediate);
      }
    })();
    expect(await inspect.bodies(1500)).toEqual(numbers(1, 1500));
    await writing;
    say(log, "end");
    expect(await inspect.bodies(1)).toEqual(["end"]);
    expect((await inspect.kill("SIGINT")).code).toBe(130);
  });

  test("a log that is cut, and one that is deleted under the server", async () => {
    const log = bench.log();
    const inspect = bench.start([]);
    say(log, "one");
    expect(await inspect.bodies(1)).toEqual(["one"]);
    await truncate(log.file);
    say(log, "two");
    expect(await inspect.bodies(1)).toEqual(["two"]);
    await rm(log.file);
    say(log, "three");
    expect(await inspect.bodies(1)).toEqual(["three"]);
  });

  test("a folder that is deleted and made again", async () => {
    const log = bench.log();
    const inspect = bench.start([]);
    say(log, "one");
    expect(await inspect.bodies(1)).toEqual(["one"]);
    await log.close();
    await rm(join(bench.project, ".mcp"), { recursive: true });
    say(bench.log(), "two");
    expect(await inspect.bodies(1)).toEqual(["two"]);
  });

  test("eight processes that write at the same time, half of them into one file, lines up to 2 MB", async () => {
    const script = `
      const fs = require("fs");
      const [folder, name, owner] = process.argv.slice(1).filter((arg) => arg !== "--");
      const started = new Date().toISOString().replace(/[:.]/g, "-");
      const file = folder + "/" + (owner ?? started + "-" + process.pid) + ".jsonl";
      for (let seq = 1; seq <= 100; seq += 1) {
        const body = name + " " + seq + " ".repeat(seq % 50 === 0 ? 2_000_000 - seq : 100);
        const time = new Date().toISOString();
        fs.appendFileSync(file, JSON.stringify({ v: 1, seq, time, kind: "output", stream: "stderr", body }) + "\\n");
      }
      setInterval(() => {}, 1000);
    `;
    await mkdir(bench.sessions, { recursive: true });
    const inspect = bench.start(["-n", "all"]);
    const shared = `${new Date().toISOString().replace(/[:.]/g, "-")}-${process.pid}`;
    const [alone, together] = [
      ["a", "b", "c", "d"],
      ["e", "f", "g", "h"],
    ] as const;
    for (const writer of alone) await bench.process(script, [bench.sessions, writer]);
    for (const writer of together) await bench.process(script, [bench.sessions, writer, shared]);
    const bodies = (await inspect.bodies(800)).map((body) => String(body).trim());
    for (const writer of [...alone, ...together]) {
      const own = bodies.filter((body) => body.startsWith(`${writer} `));
      expect(own).toEqual(numbers(1, 100).map((number) => `${writer} ${number}`));
    }
  });

  test("live logs of several servers of a project are merged; a dead one's are left out", async () => {
    const older = bench.log({ pid: process.ppid, startedAt: new Date(Date.now() - 1) });
    const newer = bench.log();
    say(older, "1");
    say(newer, "2");
    say(older, "3");
    await Promise.all([older.close(), newer.close()]);
    const dead = bench.log({ pid: 2 ** 30, startedAt: new Date(Date.now() + 1) });
    say(dead, "dead");
    await dead.close();
    const { stdout } = await bench.run(["--no-follow"]);
    const bodies = stdout.split("\n").map((line): unknown => (JSON.parse(line) as { body: unknown }).body);
    expect(bodies.toSorted()).toEqual(["1", "2", "3"]);
  });

  test("the log of a server that is gone, and says so", async () => {
    const ended = bench.log({ pid: 2 ** 30 });
    say(ended, "last words");
    await ended.close();
    const inspect = bench.start([]);
    expect(await inspect.bodies(1)).toEqual(["last words"]);
    expect(await inspect.note()).toMatch(/^mcp dev does not run in .*; this was its last log/);
    say(bench.log(), "again");
    expect(await inspect.bodies(1)).toEqual(["again"]);
  });

  test("a server that writes no log, and says so", async () => {
    await bench.announce(bench.project, process.pid, { writesLog: false });
    const without = `the dev server of ${bench.project} writes no log`;
    const { code, stderr } = await bench.run(["--no-follow"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${without}\n`)]);
    expect(stderr).toContain("start it without --no-log");
    const inspect = bench.start([]);
    expect(await inspect.note()).toBe(`${without}; waiting for one that is started without --no-log`);
    const ended = bench.log({ pid: 2 ** 30 });
    say(ended, "last words");
    expect(await inspect.bodies(1)).toEqual(["last words"]);
    const later = bench.start([]);
    expect(await later.bodies(1)).toEqual(["last words"]);
    expect(await later.note()).toMatch(/writes no log; this was the last one; waiting for one/);
  });

  test("where two servers write, each line says which", async () => {
    const [one, two] = [process.ppid, process.pid].map((pid, index) =>
      bench.log({ pid, startedAt: new Date(Date.now() + index) }),
    ) as [SessionLog, SessionLog];
    const saying = { kind: "output", stream: "stderr" } as const;
    for (const [index, log] of [one, two, one, two].entries()) {
      log.record({ ...saying, body: `line ${index}` }, Date.now() + index);
    }
    await Promise.all([one.close(), two.close()]);
    const lines = (await bench.run(["--no-follow", "-x"])).stdout.split("\n");
    expect(lines.find((line) => line.includes("line 2"))).toMatch(new RegExp(`^ *${process.ppid} `));
    expect(lines.find((line) => line.includes("line 3"))).toMatch(new RegExp(`^ *${process.pid} `));
  });

  test("a file that was named, whatever its name, and the one it is rotated to", async () => {
    const file = join(bench.base, "server.log");
    await writeFile(file, "");
    const inspect = bench.start([file]);
    const log = bench.log({ file });
    say(log, "one");
    expect(await inspect.bodies(1)).toEqual(["one"]);
    await writeFile(join(bench.base, "server.2.log"), "not a record\n");
    expect(JSON.parse(await inspect.line())).toMatchObject({ kind: "unreadable", text: "not a record" });
  });

  test("shows a line that is half written when it is whole", async () => {
    const log = bench.log();
    say(log, "one");
    await log.close();
    await appendFile(
      log.file,
      `{"v":1,"seq":2,"time":"2026-01-01T00:00:00.000Z","kind":"output","stream":"std`,
    );
    const inspect = bench.start([]);
    expect(await inspect.bodies(1)).toEqual(["one"]);
    await appendFile(log.file, `err","body":"two"}\n`);
    expect(await inspect.bodies(1)).toEqual(["two"]);
  });

  test("ends with 0 when its reader leaves", async () => {
    const log = bench.log();
    say(log, "one");
    const inspect = bench.start([]);
    expect(await inspect.bodies(1)).toEqual(["one"]);
    inspect.stopReading();
    const ended = inspect.ended();
    say(log, "two");
    say(log, "three");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});

test("with a filter, a call waits until it is withdrawn, whatever server is started meanwhile", async () => {
  const terminal = openTerminal(process.execPath, [bin, "inspect", "--tool", "slow"], {
    cwd: bench.project,
    env: { ...bench.env, TERM: "xterm", NO_COLOR: "1" },
    columns: 100,
  });
  try {
    await expect.poll(() => terminal.screen()).toContain("waiting for mcp dev");
    const log = bench.log();
    log.record({
      kind: "meta",
      pid: process.pid,
      command: ["mcp", "dev"],
      cwd: bench.project,
      project: bench.project,
      versions: { node: "20", "create-fastmcp": "0.1.0" },
    });
    const common = { session: "s1", bytes: 1 } as const;
    const call = { ...common, "mcp.method.name": "tools/call", "gen_ai.tool.name": "slow" } as const;
    log.record({
      ...call,
      kind: "request",
      dir: "c2s",
      "jsonrpc.request.id": "7",
      body: { params: { name: "slow" } },
    });
    await expect.poll(() => terminal.screen(), { timeout: 10_000 }).toMatch(/tools\/call slow +2\.\d s/);
    expect(terminal.screen()).not.toContain("no answer");
    const params = { requestId: 7 };
    log.record({
      ...common,
      kind: "notification",
      dir: "c2s",
      "mcp.method.name": "notifications/cancelled",
      body: { params },
    });
    await expect.poll(() => terminal.screen()).toMatch(/cancelled.*tools\/call slow/);
  } finally {
    await terminal.kill();
  }
});

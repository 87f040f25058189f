import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bin, InspectBench } from "./inspect-bench.ts";

let bench: InspectBench;
beforeEach(async () => {
  bench = await InspectBench.create();
});
afterEach(() => bench.close());

const bodies = (stdout: string): unknown[] =>
  stdout.split("\n").map((line) => (JSON.parse(line) as { body?: unknown }).body);

async function writeCalls(log = bench.log(), { ends = true } = {}): Promise<void> {
  const common = { session: "s1", "mcp.method.name": "tools/call", bytes: 10 } as const;
  log.record({
    kind: "session",
    event: "connect",
    transport: "http",
    session: "s1",
    client: { name: "c", version: "1" },
  });
  for (const [id, tool] of ["add", "sub", "add"].entries()) {
    const call = { ...common, "gen_ai.tool.name": tool, "jsonrpc.request.id": String(id) } as const;
    log.record({ ...call, kind: "request", dir: "c2s", body: { params: { name: tool } } });
    const failed = id === 2 ? { "error.type": "tool_error" } : {};
    log.record({ ...call, ...failed, kind: "response", dir: "s2c", duration_ms: 3, body: { result: {} } });
  }
  if (ends)
    log.record({ kind: "session", event: "disconnect", transport: "http", session: "s1", duration_ms: 100 });
  await log.close();
}

describe("mcp inspect --no-follow", () => {
  test("prints the lines of the file as they are", async () => {
    const file = join(bench.base, "x.jsonl");
    const odd =
      '{"v":1, "seq":1,"time":"2026-01-01T00:00:00.000Z","kind":"output","stream":"stderr","body":"\\u00e9"}';
    const future = '{"v":2,"seq":2,"time":"2026-01-01T00:00:00.000Z","kind":"invented"}';
    await writeFile(file, `${odd}\n${future}\n`);
    expect(await bench.run([file, "--no-follow"])).toEqual({
      code: 0,
      stdout: `${odd}\n${future}`,
      stderr: "",
    });
  });

  test.each([
    [
      ["-n", "2"],
      ["response", "session"],
    ],
    [
      ["--event", "connect,disconnect"],
      ["session", "session"],
    ],
    [["--tool", "add", "--errors"], ["response"]],
    [
      ["--method", "tools/*", "--tool", "sub"],
      ["request", "response"],
    ],
    [["--session", "s1", "--grep", "tool_err"], ["response"]],
    [
      ["--since", "10m", "--event", "response"],
      ["response", "response", "response"],
    ],
    [["--until", "10m"], []],
  ])("%j", async (flags, kinds) => {
    await writeCalls();
    const { stdout, code } = await bench.run(["--no-follow", ...flags]);
    const found =
      stdout === "" ? [] : stdout.split("\n").map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect([found, code]).toEqual([kinds, 0]);
  });

  test("who asks for no line gets none, and is not told that there is nothing", async () => {
    await writeCalls();
    const [code, stdout, stderr] = [0, "", ""];
    expect(await bench.run(["--no-follow", "-n", "0"])).toEqual({ code, stdout, stderr });
    expect(await bench.run(["--sessions", "-n", "0"])).toEqual({ code, stdout, stderr });
  });

  test("pretty lines have no escape sequences where there is no terminal", async () => {
    await writeCalls();
    const { stdout } = await bench.run(["--no-follow", "-x"]);
    expect(stdout).toMatch(/connect {2}c 1 .*tools\/call add.*disconnect/s);
    expect(stdout).not.toContain("\u001B");
  });

  test("requests alone are shown as they are", async () => {
    await writeCalls();
    const { stdout } = await bench.run(["--no-follow", "-x", "--event", "request", "-n", "2"]);
    expect(stdout.split("\n").filter((line) => line.includes("tools/call"))).toEqual([
      expect.stringMatching(/→ tools\/call sub .*answer not shown$/),
      expect.stringMatching(/→ tools\/call add .*answer not shown$/),
    ]);
  });

  test("as many lines as were asked for, whatever comes between them that is not shown", async () => {
    await writeCalls();
    const log = bench.log();
    log.record({ kind: "output", stream: "stdout", body: "one" });
    log.record({ kind: "output", stream: "stderr", body: "Error: two" });
    for (const body of ["    at x (/p/node_modules/y/z.js:1:2)", "[mcp-proxy] establishing new SSE stream"])
      for (let n = 0; n < 5; n++) log.record({ kind: "output", stream: "stderr", body });
    log.record({
      kind: "notification",
      dir: "c2s",
      bytes: 1,
      "mcp.method.name": "notifications/initialized",
    });
    await log.close();
    const terminal = spawn(
      "sh",
      ["-c", `"${process.execPath}" "${bin}" inspect "${log.file}" -n 2 --no-follow`],
      {
        cwd: bench.project,
        env: { ...bench.env, TERM: "xterm", NO_COLOR: "1" },
        cols: 100,
      },
    );
    let screen = "";
    terminal.onData((data) => (screen += data));
    await new Promise<void>((resolve) => terminal.onExit(() => resolve()));
    expect(screen.trim().split("\r\n")).toEqual([
      expect.stringMatching(/│ one$/),
      expect.stringMatching(/│ Error: two$/),
    ]);
  });

  test("marks lines that are no records, in both ways of printing", async () => {
    const file = join(bench.base, "x.jsonl");
    await writeFile(file, Buffer.from('Killed\n\0\u001B[2Jx\n{"v":1,"seq":1,"ti'));
    const { stdout } = await bench.run([file, "--no-follow"]);
    expect(stdout.split("\n").map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      "foreign",
      "binary",
      "torn",
    ]);
    const pretty = (await bench.run([file, "--no-follow", "-x"])).stdout;
    expect(pretty.split("\n")).toHaveLength(3);
    expect(pretty).not.toContain("\u001B");
  });

  test("an empty log and a filter that fits nothing say so", async () => {
    const file = join(bench.base, "x.jsonl");
    await writeFile(file, "");
    expect(await bench.run([file, "--no-follow"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `${file} holds no record yet`,
    });
    await writeCalls();
    expect((await bench.run(["--no-follow", "--tool", "none"])).stderr).toBe("no record matches");
  });

  test("the pipe that head closes ends it with 0, with following too", async () => {
    await writeCalls();
    const command = (flags: string): string =>
      `'${process.execPath}' '${bin}' inspect ${flags} | head -1; echo "\${PIPESTATUS[0]}"`;
    for (const flags of ["--no-follow", ""]) {
      const { stdout, stderr } = await execa("bash", ["-c", command(flags)], {
        cwd: bench.project,
        env: bench.env,
      });
      expect([stdout.split("\n").at(-1), stderr]).toEqual(["0", ""]);
    }
  });
});

describe("mcp inspect makes of all records at once", () => {
  test("--stats: a line for each tool, with what the filters leave", async () => {
    await writeCalls();
    const rows = async (flags: string[]) =>
      (await bench.run(["--stats", ...flags])).stdout.split("\n").map((line) => JSON.parse(line) as unknown);
    expect(await rows([])).toMatchObject([
      { "gen_ai.tool.name": "add", calls: 2, errors: 1, p50_ms: 3 },
      { "gen_ai.tool.name": "sub", calls: 1, errors: 0 },
    ]);
    expect(await rows(["--tool", "sub"])).toMatchObject([{ "gen_ai.tool.name": "sub" }]);
    expect((await bench.run(["--stats", "-x"])).stdout).toMatch(/^method +calls .*\ntools\/call add +2 +1 /);
    expect((await bench.run(["--stats", "--tool", "none"])).stderr).toBe("no call matches");
    expect((await bench.run(["--sessions", "--tool", "none"])).stderr).toBe("no session matches");
  });

  test("the last records without a call: says that it is these, and how to see all", async () => {
    const log = bench.log();
    log.record({ kind: "output", stream: "stderr", body: "bye" });
    await writeCalls(log);
    const told = async (...flags: string[]) => (await bench.run(flags)).stderr.split("\n");
    const hint = expect.stringContaining("-n all") as string;
    expect(await told("--stats", "-n", "1")).toEqual(["no call in the last record", hint]);
    expect(await told("--export", "otlp", "-n", "1")).toEqual(["no call in the last record", hint]);
    const output = await told("--stats", "-n", "3", "--event", "output");
    expect(output).toEqual(["no call in the last 3 records that match", hint]);
    expect(await told("--stats", "-n", "all", "--event", "output")).toEqual(["no call matches"]);
  });

  test("--sessions: who, what and how it ended, also of one that began before the time asked for", async () => {
    await writeCalls();
    const { stdout } = await bench.run(["--sessions", "--errors"]);
    expect(JSON.parse(stdout)).toMatchObject({ session: "s1", client: { name: "c" }, calls: 1, errors: 1 });
    expect(JSON.parse((await bench.run(["--sessions"])).stdout)).toMatchObject({ calls: 3, errors: 1 });
    const file = join(bench.base, "x.jsonl");
    const at = (minute: number): object => ({
      v: 1,
      time: `2026-01-01T00:0${minute}:00.000Z`,
      session: "s1",
    });
    const client = { name: "early", version: "1" };
    const lines = [
      { ...at(0), seq: 1, kind: "session", event: "connect", transport: "stdio", client },
      { ...at(1), seq: 2, kind: "notification", dir: "c2s", bytes: 1 },
      { ...at(2), seq: 3, kind: "notification", dir: "c2s", bytes: 1 },
    ];
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    const late = await bench.run([file, "--sessions", "--since", "2026-01-01T00:02:00Z"]);
    expect(JSON.parse(late.stdout)).toMatchObject({ client, since: "2026-01-01T00:00:00.000Z" });
  });

  test("--sessions: a log that two servers wrote to one after the other has the first session of each", async () => {
    const file = join(bench.base, "x.jsonl");
    const base = { v: 1, transport: "http", session: "s1", kind: "session" };
    const meta = { v: 1, seq: 1, kind: "meta", command: [], cwd: "/", project: "/", versions: {} };
    const at = (minute: number): object => ({ time: `2026-01-01T00:0${minute}:00.000Z` });
    const lines = [
      { ...meta, ...at(0), pid: 2 ** 30 },
      { ...base, ...at(1), seq: 2, event: "connect" },
      { ...base, ...at(2), seq: 3, event: "disconnect", duration_ms: 60_000 },
      { ...meta, ...at(3), pid: process.pid },
      { ...base, ...at(4), seq: 2, event: "connect" },
    ];
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const { stdout } = await bench.run([file, "--sessions"]);
    expect(stdout.split("\n").map((line) => JSON.parse(line) as object)).toMatchObject([
      { since: "2026-01-01T00:01:00.000Z", state: "ended" },
      { since: "2026-01-01T00:04:00.000Z" },
    ]);
  });

  test("-n leaves out lines, and not what they are of: tables and exports know server and client", async () => {
    const [project, url] = ["/home/me/shop", "http://127.0.0.1:8080/mcp"];
    const log = bench.log();
    log.record({
      kind: "meta",
      pid: process.pid,
      command: [],
      cwd: project,
      project,
      url,
      transport: "http",
      versions: { node: "20.19.0", "create-fastmcp": "0.1.0" },
    });
    await writeCalls(log, { ends: false });
    const { stdout } = await bench.run(["--sessions", "-n", "2"]);
    expect(JSON.parse(stdout)).toMatchObject({
      client: { name: "c" },
      transport: "http",
      calls: 1,
      state: "open",
    });
    const har = JSON.parse((await bench.run(["--export", "har", "-n", "2"])).stdout) as unknown;
    expect(har).toMatchObject({
      log: { entries: [{ request: { url: expect.stringContaining(url) as string } }] },
    });
    expect(har).toMatchObject({ log: { pages: [{ title: "s1 c 1" }] } });
    const otlp = JSON.parse((await bench.run(["--export", "otlp", "-n", "2"])).stdout) as unknown;
    expect(JSON.stringify(otlp)).toContain("shop");
  });

  test("--export: documents that other programs read", async () => {
    await writeCalls();
    const har = JSON.parse((await bench.run(["--export", "har", "--tool", "add"])).stdout) as unknown;
    expect(har).toMatchObject({ log: { version: "1.2", entries: [{}, {}], pages: [{ title: "s1 c 1" }] } });
    const otlp = JSON.parse((await bench.run(["--export", "otlp"])).stdout) as unknown;
    expect(otlp).toMatchObject({ resourceSpans: [{ scopeSpans: [{ spans: [{}, {}, {}] }] }] });
    expect((await bench.run(["--export", "jsonl", "-n", "2"])).stdout.split("\n")).toHaveLength(2);
    const last = await bench.run(["--export", "jsonl", "--tool", "sub", "-n", "1"]);
    expect(JSON.parse(last.stdout)).toMatchObject({ kind: "response", "gen_ai.tool.name": "sub" });
    const ended = await bench.run(["--export", "har", "--tool", "none"]);
    expect([ended.code, ended.stderr, JSON.parse(ended.stdout)]).toMatchObject([
      0,
      "no call matches",
      { log: {} },
    ]);
  });
});

describe("mcp inspect outside any project", () => {
  const sayIn = async (project: string, body: string): Promise<void> => {
    await mkdir(project, { recursive: true });
    await writeFile(join(project, "package.json"), "{}");
    const log = bench.log({ directory: join(project, ".mcp", "sessions") });
    log.record({ kind: "output", stream: "stderr", body });
    await log.close();
  };
  const outside = (): { cwd: string } => ({ cwd: bench.base });

  test("takes the one dev server that runs", async () => {
    await sayIn(bench.project, "hello");
    await bench.announce(bench.project, process.pid);
    const { stdout, stderr } = await bench.run(["--no-follow"], outside());
    expect([bodies(stdout), stderr]).toEqual([["hello"], `mcp dev of ${bench.project}`]);
  });

  test("none: says what to do", async () => {
    const { code, stderr } = await bench.run([], outside());
    expect([code, stderr.split("\n")]).toEqual([1, expect.objectContaining({ length: 2 })]);
    expect(stderr).toMatch(/no dev server runs.*\n.*mcp dev/);
  });

  test("several: lists them, or asks where there is somebody to ask", async () => {
    const other = join(bench.base, "other");
    await sayIn(bench.project, "hello");
    await sayIn(other, "from the other");
    await bench.announce(bench.project, process.pid);
    await bench.announce(other, process.ppid);
    const { code, stderr } = await bench.run([], outside());
    expect([code, stderr.includes(bench.project), stderr.includes(other)]).toEqual([2, true, true]);

    const terminal = spawn(process.execPath, [bin, "inspect", "--no-follow"], {
      cwd: bench.base,
      env: { ...bench.env, TERM: "xterm", NO_COLOR: "1" },
      cols: 120,
    });
    let screen = "";
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    await new Promise<void>((resolve) => {
      terminal.onData((data) => {
        screen += data;
        if (screen.includes("other")) resolve();
      });
    });
    terminal.write("\u001B[B\r");
    expect(await ended).toBe(0);
    expect(screen).toContain("from the other");
  });
});

describe("mcp inspect, used wrongly", () => {
  test.each<[string[], number, RegExp]>([
    [["nowhere"], 1, /nowhere does not exist/],
    [["no\u001B[2Jwhere"], 1, /^error \S*nowhere does not exist/],
    [["--no-follow"], 1, /no session log in/],
    [["-n", "many"], 2, /--lines many/],
    [["-n", "-5"], 2, /-5/],
    [["--grep", "("], 2, /--grep.*Unterminated group/],
    [["--since", "tomorrow"], 2, /--since tomorrow is no time/],
    [["--since", "1m", "--until", "2h"], 2, /later than/],
    [["--event", "conect"], 2, /no event conect/],
    [["--session", ","], 2, /empty name/],
    [["--sessions", "--stats"], 2, /exclude each other/],
    [["--export", "pdf"], 2, /no format "pdf"/],
    [["--stats"], 1, /no session log in/],
    [["--folow"], 2, /unknown option/],
    [["a", "b"], 2, /too many arguments/],
    [["/dev/null"], 1, /is not a file/],
    // A file that the disk gives nothing of.
    ...(existsSync("/proc/self/mem")
      ? ([[["/proc/self/mem"], 1, /cannot be read: EIO/]] as [string[], number, RegExp][])
      : []),
  ])("%j", async (args, code, message) => {
    const ended = await bench.run(args);
    expect([ended.code, ended.stdout]).toEqual([code, ""]);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.split("\n")).toHaveLength(2);
  });

  test("a folder that is no project", async () => {
    const ended = await bench.run([bench.base]);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/is no project/)]);
  });

  test("a log of another user", async () => {
    // Root may read everything, and so is not the one to try it.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    await chmod(bench.base, 0o755);
    const file = join(bench.base, "secret.jsonl");
    await writeFile(file, "", { mode: 0o000 });
    const ended = await bench.run([file, "--no-follow"], user);
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringMatching(/^error no permission to read .*\n.*user/),
    ]);
    await mkdir(bench.sessions, { recursive: true });
    await chmod(bench.sessions, 0o000);
    expect((await bench.run(["--no-follow"], user)).stderr).toMatch(/no permission/);
    await rm(bench.sessions, { recursive: true, force: true });
  });

  test("a log of another user beside one's own is said, and one's own is shown", async () => {
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    await chmod(bench.base, 0o755);
    await bench.log({ startedAt: new Date(Date.now() - 60_000) }).close();
    for (const old of await readdir(bench.sessions)) await chmod(join(bench.sessions, old), 0o000);
    const log = bench.log();
    log.record({ kind: "output", stream: "stderr", body: "mine" });
    await log.close();
    for (const folder of [join(bench.project, ".mcp"), bench.sessions]) await chmod(folder, 0o755);
    await chmod(log.file, 0o644);
    const ended = await bench.run(["--no-follow", "--since", "1h"], user);
    expect([ended.code, bodies(ended.stdout), ended.stderr.split("\n")]).toEqual([
      0,
      ["mine"],
      [expect.stringMatching(/^no permission to read/)],
    ]);
    const live = bench.start([], user);
    expect(await live.note()).toMatch(/^no permission to read/);
    expect(await live.bodies(1)).toEqual(["mine"]);
  });
});

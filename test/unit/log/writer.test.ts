import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CliError } from "../../../src/cli-error.ts";
import {
  openSessionLog,
  stampRecords,
  type LogLimits,
  type SessionLogOptions,
} from "../../../src/log/writer.ts";
import { parseLogFileName } from "../../../src/log/log-file-name.ts";
import type { RecordInput } from "../../../src/log/record.ts";

let project: string;
let directory: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "session-log-"));
  directory = join(project, ".mcp", "sessions");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(project, { recursive: true, force: true });
});

const open = (more: Partial<SessionLogOptions> = {}) =>
  openSessionLog({ directory, payloads: true, ...more });
const withLimits = (limits: Partial<LogLimits>) => open({ limits });
const output = (body: string): RecordInput => ({ kind: "output", stream: "stderr", body });
const request = (body: unknown): RecordInput => ({ kind: "request", dir: "c2s", bytes: 1, body });
const meta: RecordInput = {
  kind: "meta",
  pid: 1,
  command: ["mcp", "dev"],
  cwd: "/p",
  project: "/p",
  versions: { node: "20", "create-fastmcp": "0" },
};

type Line = { seq: number; kind: string; count?: number; body?: unknown };
const linesOf = (file: string): Line[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const files = (): string[] =>
  readdirSync(directory)
    .sort((a, b) => parseLogFileName(a)!.part - parseLogFileName(b)!.part)
    .map((name) => join(directory, name));
const countTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

describe("SessionLog", () => {
  it("writes what it returns, in order, into a file of its own that only the user reads", async () => {
    const log = open({ startedAt: new Date("2026-11-23T20:37:01.123Z"), pid: 4711 });
    const returned = [log.record(meta), log.record(output("one")), log.record(output("two"), 0)];
    await log.close();
    expect(log.file).toBe(join(directory, "2026-11-23T20-37-01-123Z-4711.jsonl"));
    expect(linesOf(log.file)).toEqual(JSON.parse(JSON.stringify(returned)));
    expect(returned.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(returned[2]!.time).toBe("1970-01-01T00:00:00.000Z");
    expect(statSync(log.file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(project, ".mcp", ".gitignore"), "utf8")).toBe("*\n");
  });

  it("leaves a .gitignore alone that is there", async () => {
    mkdirSync(join(project, ".mcp"));
    writeFileSync(join(project, ".mcp", ".gitignore"), "sessions\n");
    await open().close();
    expect(readFileSync(join(project, ".mcp", ".gitignore"), "utf8")).toBe("sessions\n");
  });

  it("has no secret in the file, whole lines, and numbers that count, whatever is recorded", async () => {
    const key = fc.constantFrom(
      ...["apiKey", "API_KEY", "api-key", "x-api-key", "client_secret", "codeVerifier", "refreshToken"],
      ...["password", "passphrase", "Authorization", "cookie", "set-cookie", "accessToken", "PRIVATE_KEY"],
    );
    const secret = fc.stringMatching(/^[A-Za-z0-9~+/-]{4,30}$/).map((text) => `S3cr3t${text}`);
    const place = fc.array(fc.constantFrom("params", "arguments", "result", "headers", 0, 2), {
      maxLength: 8,
    });
    const input = fc
      .tuple(key, secret, place, fc.nat(5), fc.jsonValue())
      .map(([name, value, path, shape, noise]) => {
        const held = [value, [value], { deep: value }, `Bearer ${value}`, [[{ a: value }]], value][shape];
        const body = path.reduceRight<unknown>(
          (inner, step) =>
            typeof step === "number" ? [...Array<number>(step).fill(0), inner] : { [step]: inner, noise },
          { [name]: held },
        );
        const texts: RecordInput[] = [
          output(`sent Authorization: Bearer ${value}`),
          { kind: "noise", stream: "stdout", body: `{"${name}":"${value}"}` },
          {
            kind: "error",
            body: {
              message: `refused bearer ${value}`,
              stack: `Error: ${name}=${value}\n    at x`,
              frame: `> 1 | const ${name.replace(/-/g, "_")} = "${value}";`,
            },
          },
          {
            kind: "session",
            event: "connect",
            transport: "http",
            body: { identity: { id: 1, claims: body } },
          },
          {
            kind: "session",
            event: "error",
            transport: "stdio",
            body: { message: `token ${value}1a refused` },
          },
          {
            ...request({ method: "resources/read", params: { uri: `https://h/x?${name}=${value}` } }),
            "mcp.resource.uri": `https://h/x?${name}=${value}`,
          },
          {
            kind: "meta",
            pid: 1,
            cwd: "/",
            project: "/",
            versions: { node: "1", "create-fastmcp": "1" },
            command: ["mcp", "dev", "--", `--${name.replace(/_/g, "-")}`, value],
          },
          { kind: "reload", event: "failed", generation: 2, body: { message: `https://u:${value}@h/` } },
          ...["-----BEGIN PRIVATE KEY-----", value, "-----END PRIVATE KEY-----"].map((line) => output(line)),
          output(JSON.stringify({ level: 30, req: { headers: { [name]: value } } })),
        ];
        return [request(body), { ...request(body), kind: "notification" } as RecordInput, ...texts];
      });
    await fc.assert(
      fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 10 }), async (inputs) => {
        rmSync(directory, { recursive: true, force: true });
        const log = open();
        const records = inputs.flat().map((one) => log.record(one));
        await log.close();
        expect(readFileSync(log.file, "utf8")).not.toContain("S3cr3t");
        expect(JSON.stringify(records)).not.toContain("S3cr3t");
        expect(linesOf(log.file).map(({ seq }) => seq)).toEqual(countTo(records.length));
      }),
      { numRuns: 100 },
    );
  });

  it("rotates by size; every part begins with the meta record and nothing is lost", async () => {
    const log = withLimits({ fileBytes: 2000, files: 1000 });
    log.record(meta);
    for (let n = 0; n < 100; n++) log.record(output(`line ${n} ${"x".repeat(n)}`));
    await log.close();
    expect(files().length).toBeGreaterThan(5);
    expect(files().at(-1)).toBe(log.file);
    for (const file of files()) {
      expect(linesOf(file)[0]).toMatchObject({ kind: "meta", cwd: "/p" });
      expect(statSync(file).size).toBeLessThan(2500);
    }
    const lines = files().flatMap(linesOf);
    expect(lines.map(({ seq }) => seq)).toEqual(countTo(lines.length));
    expect(lines.filter(({ kind }) => kind === "output").length).toBe(100);
  });

  it("keeps only so many parts of its own", async () => {
    const log = withLimits({ fileBytes: 500, files: 3 });
    for (let n = 0; n < 100; n++) {
      log.record(output(`line ${n}`));
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    expect(files()).toContain(log.file);
    expect(linesOf(log.file).length).toBeGreaterThan(0);
    await open({ startedAt: new Date(0), limits: { files: 3 } }).close();
    expect(files().length).toBeLessThanOrEqual(3);
  });

  it("goes on in a new file when somebody deletes the folder", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
    const log = open();
    log.record(meta);
    await expect.poll(() => linesOf(log.file).length).toBe(1);
    const first = log.file;
    rmSync(join(project, ".mcp"), { recursive: true });
    vi.setSystemTime(1_002_000);
    log.record(output("lost with the file"));
    await expect.poll(() => log.file).not.toBe(first);
    log.record(output("after"));
    await log.close();
    expect(linesOf(log.file)).toMatchObject([{ kind: "meta" }, { body: "after" }]);
    expect(existsSync(join(project, ".mcp", ".gitignore"))).toBe(true);
  });

  it("counts what had no room: every missing number is in a drop record", async () => {
    const log = withLimits({ queueBytes: 2000 });
    for (let n = 0; n < 200; n++) {
      log.record(output("x".repeat(n)));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    const lines = linesOf(log.file);
    let next = 1;
    for (const { seq, kind, count = 1 } of lines) {
      next += kind === "drop" ? count : 1;
      expect(seq).toBe(next - 1);
    }
    expect(next).toBe(201);
    expect(lines.some(({ kind }) => kind === "drop")).toBe(true);
  });

  it("closeSync writes the rest at once, in order, nothing twice", async () => {
    const log = open();
    for (let n = 0; n < 50; n++) log.record(output(`line ${n}`));
    log.closeSync();
    const expected = Array.from({ length: 50 }, (_, n) => `line ${n}`);
    expect(linesOf(log.file).map(({ body }) => body)).toEqual(expected);
    await log.close();
    log.closeSync();
    expect(log.record(output("late"))).toMatchObject({ seq: 51 });
    expect(linesOf(log.file).length).toBe(50);
  });

  it("closeSync settles a close that is under way", async () => {
    const log = open();
    for (let n = 0; n < 50; n++) log.record(output(`line ${n}`));
    const closed = log.close();
    log.closeSync();
    await closed;
    expect(linesOf(log.file).length).toBe(50);
  });

  it("appends to a named file, after a torn line too, and does not rotate it", async () => {
    const file = join(project, "my.jsonl");
    writeFileSync(file, '{"v":1,"torn');
    for (const run of ["first", "second"]) {
      const log = open({ file, limits: { fileBytes: 10 } });
      expect(log.file).toBe(file);
      log.record(output(run));
      log.record(output(run));
      await log.close();
    }
    const [torn, ...lines] = readFileSync(file, "utf8").split("\n").slice(0, -1);
    expect(torn).toBe('{"v":1,"torn');
    expect(lines.map((line) => (JSON.parse(line) as Line).body)).toEqual([
      "first",
      "first",
      "second",
      "second",
    ]);
    expect(readdirSync(project)).toEqual(["my.jsonl"]);
  });

  it.runIf(existsSync("/dev/full"))("goes on when the disk is full, and ends", async () => {
    const log = open({ file: "/dev/full" });
    expect(log.record(output("one")).seq).toBe(1);
    expect(log.record(output("two")).seq).toBe(2);
    await log.close();
    const other = open({ file: "/dev/full" });
    other.record(output("one"));
    other.closeSync();
  });

  it.each([
    ["the folder", () => open({ directory: join(project, "file", ".mcp", "sessions") })],
    ["the file", () => open({ file: project })],
  ])("says what to do if %s cannot be written", (_, attempt) => {
    writeFileSync(join(project, "file"), "");
    chmodSync(join(project, "file"), 0o400);
    const error = (() => {
      try {
        return attempt();
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).hint).toMatch(/--log <file>.*--no-log/);
  });

  it("takes an ordinary call in less than 0.1 ms", async () => {
    const log = open();
    const body = () => ({
      jsonrpc: "2.0",
      id: 4,
      result: {
        content: [{ type: "text", text: "the key of a token ".repeat(20) }],
        structuredContent: { a: [1, 2], b: "x" },
      },
    });
    const once = () => {
      const startedMs = performance.now();
      for (let n = 0; n < 200; n++) log.record(request(body()));
      return (performance.now() - startedMs) / 200;
    };
    // The best of some, for the machine may be busy with other tests.
    expect(Math.min(...Array.from({ length: 10 }, once))).toBeLessThan(0.1);
    await log.close();
  });
});

describe("stampRecords", () => {
  it("stamps and redacts like a log, and touches no disk", () => {
    const stamp = stampRecords({ payloads: false });
    expect(stamp(output("token=abc123"), 0)).toEqual({
      v: 1,
      seq: 1,
      time: "1970-01-01T00:00:00.000Z",
      kind: "output",
      stream: "stderr",
      redacted: ["body"],
      body: "token=[redacted]",
    });
    expect(stamp(request({ a: 1 }))).not.toHaveProperty("body");
    expect(readdirSync(project)).toEqual([]);
  });
});

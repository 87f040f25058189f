import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeLine, stampRecord } from "../../../src/log/encode.ts";
import type { LogRecord, RecordInput } from "../../../src/log/record.ts";
import { Redactor } from "../../../src/log/redact.ts";

const stamp = (input: RecordInput, payloads = true) =>
  stampRecord(input, 7, 0, { redactor: new Redactor(), payloads });
const request = (body: unknown): RecordInput => ({
  kind: "request",
  dir: "c2s",
  bytes: 1,
  session: "s1",
  body,
});
const parsed = (line: string) => JSON.parse(line) as LogRecord & { body?: unknown };

describe("encodeLine", () => {
  it("gives one line of JSON whatever the body, and never more of it than the cap", () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.string({ minLength: 500, maxLength: 2000, unit: "binary" }),
      fc.array(fc.string({ minLength: 50 }), { minLength: 20, maxLength: 60 }),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 16, max: 1024 }), (value, capBytes) => {
        const line = encodeLine(stamp(request(value)), capBytes);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        const record = parsed(line);
        if (record.truncated) expect(Buffer.byteLength(String(record.body))).toBeLessThanOrEqual(capBytes);
        else expect(record).toEqual(parsed(JSON.stringify(stamp(request(value)))));
      }),
    );
  });

  it("puts the stamp first and the body last", () => {
    const line = encodeLine(stamp(request({ jsonrpc: "2.0", id: 1, params: { token: "x" } })), 4096);
    expect(line).toBe(
      '{"v":1,"seq":7,"time":"1970-01-01T00:00:00.000Z","kind":"request","dir":"c2s","bytes":1,"session":"s1",' +
        '"redacted":["params.token"],"body":{"jsonrpc":"2.0","id":1,"params":{"token":"[redacted]"}}}\n',
    );
  });

  it("leaves the beginning of a long body, as a text, and never half a character", () => {
    const record = parsed(encodeLine(stamp(request({ text: "€".repeat(100) })), 100));
    expect(record).toMatchObject({ truncated: true, body: `{"text":"${"€".repeat(30)}` });
  });

  it("keeps the shape of an error and of what a server printed", () => {
    const long = "x".repeat(500);
    const error = parsed(encodeLine(stamp({ kind: "error", body: { message: long, stack: long } }), 100));
    expect(error).toMatchObject({
      truncated: true,
      body: { message: long.slice(0, 50), stack: long.slice(0, 50) },
    });
    const failed: RecordInput = {
      kind: "reload",
      event: "failed",
      generation: 2,
      body: { message: long, stack: long },
    };
    expect(parsed(encodeLine(stamp(failed), 100)).body).toEqual(error.body);
    const broken = ["a", "b", "c"].map((code) => ({ place: "a.ts:1:1", message: "x".repeat(40), code }));
    const types = parsed(encodeLine(stamp({ kind: "types", body: { broken, mended: [], left: 3 } }), 200));
    expect(types).toMatchObject({
      truncated: true,
      body: { broken: broken.slice(0, 1), mended: [], left: 3 },
    });
    const output = parsed(encodeLine(stamp({ kind: "output", stream: "stderr", body: long }), 100));
    expect(output).toMatchObject({ truncated: true, body: long.slice(0, 100) });
  });
});

describe("stampRecord", () => {
  it("without payloads keeps no body of a message, but those of events", () => {
    expect(stamp(request({ a: 1 }), false)).toEqual({
      v: 1,
      seq: 7,
      time: "1970-01-01T00:00:00.000Z",
      kind: "request",
      dir: "c2s",
      bytes: 1,
      session: "s1",
    });
    expect(stamp({ kind: "error", body: { message: "boom" } }, false)).toMatchObject({
      body: { message: "boom" },
    });
  });

  it("never throws on what JSON cannot hold, nor on a time that is none", () => {
    const cycle: Record<string, unknown> = {};
    cycle["again"] = cycle;
    const thrower = {
      get a() {
        throw new Error("no");
      },
    };
    for (const body of [cycle, { n: 10n }, thrower, { f: () => 1 }, Symbol("s"), 10n]) {
      const record = stamp(request(body));
      expect(() => JSON.stringify(record)).not.toThrow();
      expect(parsed(encodeLine(record, 4096))).toMatchObject({ v: 1, kind: "request", dir: "c2s", bytes: 1 });
    }
    const { time } = stampRecord(request(1), 1, Number.NaN, { redactor: new Redactor(), payloads: true });
    expect(time).toMatch(/^\d{4}-/);
  });

  it("redacts the text of errors, stacks, output, URLs and the command line, and says where", () => {
    const error = stamp({
      kind: "error",
      body: { message: "401: Bearer abc.def", stack: "Error: Bearer abc.def\n at x" },
    });
    expect(JSON.stringify(error)).not.toContain("abc.def");
    expect(error.redacted).toEqual(["message", "stack"]);
    const output = stamp({ kind: "noise", stream: "stdout", body: "sending Authorization: Bearer abc.def" });
    expect(output).toMatchObject({ redacted: ["body"], body: "sending Authorization: [redacted]" });
    expect(
      stamp({ kind: "notification", dir: "s2c", bytes: 1, "mcp.resource.uri": "x://y?token=abc" }),
    ).toMatchObject({
      "mcp.resource.uri": "x://y?token=[redacted]",
      redacted: ["mcp.resource.uri"],
    });
  });
});

describe("stampRecord", () => {
  const redactor = new Redactor();
  const bodyOf = (input: RecordInput): unknown => {
    const record = stampRecord(input, 1, 0, { redactor, payloads: true });
    return "body" in record ? record.body : undefined;
  };
  const printed = (body: string, stream: "stdout" | "stderr" = "stdout"): unknown =>
    bodyOf({ kind: "output", stream, generation: 1, body });

  it("leaves nothing of a private key that is printed over several lines", () => {
    const lines = [
      "-----BEGIN RSA PRIVATE KEY-----",
      "Proc-Type: 4,ENCRYPTED",
      "",
      ...["MIIE", "MIIE", "MIIE"].map((start) => start.padEnd(64, "s3cR+/")),
      "MIIE1=",
    ];
    expect(lines.map((line) => printed(line)).join()).not.toMatch(/ENCRYPTED|MIIE/);
    expect(printed("meanwhile on the other stream", "stderr")).toBe("meanwhile on the other stream");
    expect(printed("  -----END RSA PRIVATE KEY----- password=hunter2")).toBe(
      "  -----END RSA PRIVATE KEY----- password=[redacted]",
    );
    expect(printed("after it")).toBe("after it");
  });

  const key = generateKeyPairSync("ec", {
    namedCurve: "P-384",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
  it.each<[string, string]>([
    ["Node prints it", inspect({ tls: { key, port: 1 } })],
    ["Node prints it in colour", inspect({ key }, { colors: true })],
    ["a list of its lines", inspect({ key: key.split("\n") })],
    ["a logger with a name", key.replace(/^/gm, "[api] ")],
    ["a logger with a time", key.replace(/^/gm, "2026-01-01T10:00:00.000Z [api] ")],
    ["a container", key.replace(/^/gm, "api-1  | ")],
    ["code that concatenates it", `"${key.trim().replaceAll("\n", '\\n"\n  + "')}";`],
  ])("leaves nothing of a private key as %s", (_, text) => {
    const lines = text.split("\n").map((line) => String(printed(line)));
    const base64 = key.split("\n").slice(1, -2);
    for (const part of base64) expect(lines.join("\n")).not.toContain(part);
    expect(printed("ready")).toBe("ready");
  });

  it("goes on with what is no part of a key that never ends", () => {
    printed("-----BEGIN PRIVATE KEY-----");
    expect(printed("[info] listening on http://127.0.0.1:8080")).toMatch(/listening/);
    expect(printed("abcd")).toBe("abcd");
  });

  it("leaves what is printed behind a line that only speaks of a key", () => {
    const lines = [
      "JWT_KEY must start with -----BEGIN PRIVATE KEY-----",
      "ready",
      "",
      "loading tools",
      "done",
    ];
    expect(lines.map((line) => printed(line))).toEqual(lines);
  });

  it("leaves source lines as they are, but for literals", () => {
    const frame = [
      "  1 | const schema = z.object({ password: z.string(), user: z.string() });",
      '> 2 | const apiKey = "hunter2-hunter2" ?? process.env.API_KEY;',
      "    |       ^",
    ].join("\n");
    expect(bodyOf({ kind: "error", body: { message: "password: hunter3", frame } })).toEqual({
      message: "password: [redacted]",
      frame: frame.replace("hunter2-hunter2", "[redacted]"),
    });
  });
});

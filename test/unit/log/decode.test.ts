import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeLine, timeOf } from "../../../src/log/decode.ts";
import { line } from "./log-samples.ts";

const decode = (text: string | Buffer) => decodeLine(Buffer.from(text), "log");

describe("decodeLine", () => {
  test("gives a record, its log and the bytes of its line", () => {
    const text = line(3);
    expect(decode(text)).toMatchObject({
      type: "record",
      log: "log",
      bytes: Buffer.from(text),
      record: { seq: 3, kind: "output" },
    });
  });

  test("keeps fields that it does not know, and a newer v", () => {
    const entry = decode(line(1, { v: 9, invented: true }));
    expect(entry).toMatchObject({ type: "record", record: { v: 9, invented: true } });
  });

  test("a kind that it does not know is not unreadable", () => {
    const entry = decode(line(1, { kind: "invented" }));
    expect(entry).toMatchObject({ type: "unknown", kind: "invented" });
    expect(timeOf(entry!)).toBe("2026-11-23T10:00:01.000Z");
  });

  test.each([
    ["torn", line(1).slice(0, 50)],
    ["torn", Buffer.concat([Buffer.from('{"v":1,"body":"'), Buffer.from("é").subarray(0, 1)])],
    ["binary", Buffer.from([1, 0, 2])],
    ["binary", Buffer.from([0x7b, 0xff, 0xfe, 0x20, 0x20, 0x20, 0x20])],
    ["foreign", "Listening on port 8080"],
    ["foreign", "42"],
    ["foreign", "null"],
    ["foreign", "[]"],
    ["foreign", '{"level":30,"msg":"pino"}'],
    ["foreign", line(1, { time: "yesterday" })],
    ["foreign", line(1, { time: "2026-13-45T00:00:00Z" })],
    ["foreign", line(1, { kind: "request", dir: 5 })],
    ["foreign", line(1, { kind: "response", dir: "s2c", bytes: 1, duration_ms: 1e300 })],
    ["foreign", line(1, { kind: "session", event: "connect", transport: "http", client: null })],
    ["foreign", line(1, { kind: "session", event: "connect", transport: "http", client: "cursor 1.2" })],
    ["foreign", line(1, { session: 5 })],
    ["foreign", line(1, { kind: "error", body: null })],
  ])("marks a %s line", (reason, text) => {
    expect(decode(text)).toMatchObject({ type: "unreadable", reason });
  });

  test("takes Windows line ends and a byte order mark", () => {
    expect(decode(`\uFEFF${line(1)}\r`)).toMatchObject({ type: "record", bytes: Buffer.from(line(1)) });
  });

  test("an empty line is nothing", () => {
    expect([decode(""), decode("\r")]).toEqual([undefined, undefined]);
  });

  test("never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          decode(Buffer.from(bytes));
        },
      ),
    );
  });

  test("never throws, whatever a record's fields are", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("v", "kind", "time", "body", "dir", "event"), fc.jsonValue()),
        (fields) => {
          decode(line(1, fields));
        },
      ),
    );
  });
});

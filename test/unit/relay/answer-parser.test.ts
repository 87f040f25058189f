/** Answers as a server writes them, cut anywhere. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NoHttpError, type AnswerHead } from "../../../src/relay/answer-head.ts";
import { AnswerParser } from "../../../src/relay/answer-parser.ts";

type Read = { head: AnswerHead | undefined; body: string; ended: boolean; parser: AnswerParser };

function read(parts: readonly Buffer[], method = "POST"): Read {
  const seen: Omit<Read, "parser"> = { head: undefined, body: "", ended: false };
  const bodies: Buffer[] = [];
  const parser = new AnswerParser(method, {
    head: (head) => (seen.head = head),
    body: (part) => bodies.push(Buffer.from(part)),
    end: () => (seen.ended = true),
  });
  for (const part of parts) parser.push(part);
  return { ...seen, body: Buffer.concat(bodies).toString("latin1"), parser };
}

/** The same bytes in pieces that end at these places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, "latin1");
  const ends = [...places.map((place) => place % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return ends.slice(1).map((end, index) => bytes.subarray(ends[index], end));
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/).map((name) => `X-${name}`);
const value = fc.stringMatching(/^(?:[!-~\u00a0-\u00ff](?:[ -~]{0,20}[!-~\u00a0-\u00ff])?)?$/);
const bytes = fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), { maxLength: 5 });

const answer = fc.record({
  status: fc.integer({ min: 200, max: 999 }).filter((status) => status !== 204 && status !== 304),
  reason: fc.constantFrom("", "OK", "Not Found"),
  headers: fc.array(fc.tuple(token, value), { maxLength: 5 }),
  body: bytes,
  framing: fc.constantFrom("length" as const, "chunks" as const),
  interim: fc.boolean(),
  extension: fc.constantFrom("", ";a=b", " "),
  trailer: fc.constantFrom("", "X-Sum: 1\r\n"),
});

test("head and body are what the server wrote, wherever its bytes are cut", () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat(), { maxLength: 12 }), (written, places) => {
      const whole = written.body.join("");
      const chunks = written.body.map(
        (part) => `${part.length.toString(16)}${written.extension}\r\n${part}\r\n`,
      );
      const isChunked = written.framing === "chunks";
      const framing = isChunked ? "Transfer-Encoding: chunked" : `content-length:${whole.length}`;
      const head = `HTTP/1.1 ${written.status} ${written.reason}\r\n`;
      const headers = written.headers.map(([name, text]) => `${name}: ${text}\r\n`).join("");
      const body = isChunked ? `${chunks.join("")}0\r\n${written.trailer}\r\n` : whole;
      const interim = written.interim ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
      const text = `${interim}${head}${headers}${framing}\r\n\r\n${body}`;

      const { head: seen, body: received, ended, parser } = read(cut(text, places));
      expect(seen).toMatchObject({ status: written.status, statusText: written.reason });
      expect(seen?.rawHeaders.slice(0, written.headers.length * 2)).toEqual(
        written.headers.flatMap(([name, one]) => [name, one]),
      );
      expect(received).toBe(whole);
      expect(ended).toBe(true);
      expect(parser.isReusable).toBe(true);
    }),
  );
});

const text = (...lines: string[]): Buffer[] => [Buffer.from(lines.join("\r\n"), "latin1")];

describe("what has no body", () => {
  test.each(["HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"])("%s", (first) => {
    expect(read(text(first, "Content-Length: 5", "", "")).ended).toBe(true);
  });

  test("an answer to HEAD, whatever length it names", () => {
    expect(read(text("HTTP/1.1 200 OK", "Content-Length: 5", "", ""), "HEAD").ended).toBe(true);
  });
});

describe("an answer that ends with its connection", () => {
  const unframed = text("HTTP/1.0 200 OK", "", "all of it");

  test("is complete when that is closed, and the connection is used up", () => {
    const { body, ended, parser } = read(unframed);
    expect([body, ended]).toEqual(["all of it", false]);
    expect(parser.close()).toBe(true);
    expect(parser.isReusable).toBe(false);
  });

  test("but not if a length or the last chunk is missing", () => {
    expect(read(text("HTTP/1.1 200 OK", "Content-Length: 5", "", "half")).parser.close()).toBe(false);
    expect(read(text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "1", "a", "")).parser.close()).toBe(
      false,
    );
    expect(read([]).parser.close()).toBe(false);
  });
});

test("a server that says so closes the connection, or keeps it for so long", () => {
  const closing = read(text("HTTP/1.1 200 OK", "Connection: close", "Content-Length: 0", "", ""));
  expect([closing.ended, closing.parser.isReusable]).toEqual([true, false]);
  const kept = read(text("HTTP/1.1 200 OK", "Keep-Alive: timeout=5", "Content-Length: 0", "", ""));
  expect([kept.parser.isReusable, kept.parser.keepAliveMs]).toEqual([true, 5000]);
});

test.each([
  ["no HTTP", text("SSH-2.0-OpenSSH", "", "")],
  ["no name", text("HTTP/1.1 200 OK", "nothing", "", "")],
  ["two lengths", text("HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2", "", "")],
  ["a length of letters", text("HTTP/1.1 200 OK", "Content-Length: one", "", "")],
  ["a chunk without length", text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "x", "")],
  ["a chunk that is longer", text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "1", "abc", "")],
  ["more than the answer", text("HTTP/1.1 200 OK", "Content-Length: 1", "", "ab")],
  ["a head without end", [Buffer.alloc(300 * 1024, "a")]],
])("refuses %s", (_what, parts) => {
  expect(() => read(parts)).toThrow(NoHttpError);
});

test("answers over one connection have each its own head, whatever the one before was", () => {
  const heads = ["200 OK\r\nX-One: 1", "200 OK\r\nX-One: 1", "404 Not Found\r\nX-One: 2"];
  let before: AnswerHead | undefined;
  const seen = heads.map((head) => {
    const sink = {
      head: (one: AnswerHead) => void (before = one),
      body: () => undefined,
      end: () => undefined,
    };
    new AnswerParser("POST", sink, before).push(Buffer.from(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`));
    return [before?.status, before?.headers["x-one"]];
  });
  expect(seen).toEqual([
    [200, "1"],
    [200, "1"],
    [404, "2"],
  ]);
});

/** Headers: all go on but those of one connection. */
import { expect, test } from "vitest";
import { header, isEventStream, isJson, passedHeaders } from "../../../src/relay/http-headers.ts";
import { incoming as message } from "./incoming.ts";

test("case, order and repetition stay; what belongs to the connection goes", () => {
  const raw = [
    "Host",
    "h",
    "Connection",
    "keep-alive",
    "Set-Cookie",
    "a",
    "X-Mine",
    "1",
    "set-cookie",
    "b",
    "Transfer-Encoding",
    "chunked",
    "Content-Length",
    "3",
  ];
  expect(passedHeaders(raw)).toEqual(["Host", "h", "Set-Cookie", "a", "X-Mine", "1", "set-cookie", "b"]);
});

test("a replacement takes the place of all of that name; undefined removes", () => {
  const raw = ["Mcp-Session-Id", "old", "Last-Event-ID", "4", "Accept", "*/*"];
  expect(passedHeaders(raw, { "mcp-session-id": "new", "last-event-id": undefined })).toEqual([
    "Accept",
    "*/*",
    "mcp-session-id",
    "new",
  ]);
});

test("content types with parameters, in any case", () => {
  expect(isEventStream(message({ "content-type": "Text/Event-Stream; charset=utf-8" }))).toBe(true);
  expect(isJson(message({ "content-type": "application/json;charset=utf-8" }))).toBe(true);
  expect(isJson(message({ "content-type": "application/jsonl" }))).toBe(false);
  expect(isJson(message({}))).toBe(false);
});

test("the first value of a header that came twice", () => {
  expect(header(message({ a: ["1", "2"] }), "a")).toBe("1");
  expect(header(message({}), "a")).toBeUndefined();
});

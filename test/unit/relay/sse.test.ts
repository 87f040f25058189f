/** Server-sent events: what came goes on, and is understood as the standard says. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventSplitter, formatEvent, type ServerSentEvent } from "../../../src/relay/sse.ts";
import { chunks } from "./chunks.ts";

function split(pieces: readonly Buffer[]): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const splitter = new EventSplitter((event) => events.push(event));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return events;
}
const read = (text: string): ServerSentEvent[] => split([Buffer.from(text)]);

test("any chunking of written events gives them back", () => {
  const name = fc.stringMatching(/^[a-z]+$/);
  const event = fc.record(
    { event: name, id: name, data: fc.string({ unit: "binary" }) },
    { requiredKeys: ["data"] },
  );
  const events = fc.array(event.filter(({ data }) => !data.includes("\r")));
  const property = fc.property(events, fc.infiniteStream(fc.nat(9)), (written, sizes) => {
    const bytes = Buffer.from(written.map(formatEvent).join(""));
    const found = split(chunks(bytes, sizes));
    expect(found).toMatchObject(written.map((one) => ({ event: "message", ...one })));
    expect(found.map(({ text }) => `${text}\n\n`).join("")).toBe(bytes.toString());
  });
  fc.assert(property);
});

test("data of several lines, with and without the space", () => {
  expect(read("data: a\ndata:b\ndata:  c\n\n")).toMatchObject([{ data: "a\nb\n c", event: "message" }]);
});

test("a comment is passed on, and has no data", () => {
  expect(read(": ping\n\n")).toEqual([{ text: ": ping", event: "message", data: "" }]);
});

test("CRLF, a field without a colon, an id, a retry", () => {
  const [event] = read("event: endpoint\r\nid: 7\r\nretry: 10\r\ndata\r\n\r\n");
  expect(event).toMatchObject({ event: "endpoint", id: "7", data: "" });
  expect(event?.text).toContain("retry: 10");
});

test("an event without its empty line never was; empty lines alone are no events", () => {
  expect(read("\n\ndata: half\n")).toEqual([]);
});

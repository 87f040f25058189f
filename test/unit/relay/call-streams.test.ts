/** What is kept of a session's calls for a client that comes back: what it may have missed, and no more than there is room for. */
import { expect, test } from "vitest";
import { CallStreams, type CallStream } from "../../../src/relay/call-streams.ts";

function answered(streams: CallStreams, id: number, bytes = 10): CallStream {
  const stream = streams.open([id]);
  stream.passes(`g1c:${id}_0`);
  stream.passes(`g1c:${id}_1`);
  stream.answers({ jsonrpc: "2.0", id, result: {} }, bytes);
  return stream;
}

/** Ids of the answers behind an event. */
function behind(streams: CallStreams, eventId: string): unknown[] | undefined {
  const place = streams.find(eventId);
  return place?.stream.answersAfter(place.event).map(({ id }) => id);
}

test("an answer is behind the events before it, and not behind its own", () => {
  const streams = new CallStreams();
  answered(streams, 7);
  expect(behind(streams, "g1c:7_0")).toEqual([7]);
  expect(behind(streams, "g1c:7_1")).toEqual([]);
  expect(behind(streams, "g1c:8_0")).toBeUndefined();
});

test("what a child repeats stays where it was", () => {
  const streams = new CallStreams();
  const stream = answered(streams, 7);
  stream.passes("g1c:7_1");
  stream.answers({ jsonrpc: "2.0", id: 7, result: {} }, 10);
  expect(behind(streams, "g1c:7_0")).toEqual([7]);
  expect(behind(streams, "g1c:7_1")).toEqual([]);
});

test("the latest answers are kept, not all: neither many small ones nor some big ones", () => {
  const streams = new CallStreams();
  for (let id = 0; id < 1000; id++) answered(streams, id);
  expect(behind(streams, "g1c:999_0")).toEqual([999]);
  expect(behind(streams, "g1c:850_0")).toEqual([]);
  expect(behind(streams, "g1c:0_0")).toBeUndefined();
  answered(streams, 1000, 1_900_000);
  answered(streams, 1001, 1_900_000);
  expect(behind(streams, "g1c:1001_0")).toEqual([1001]);
  expect(behind(streams, "g1c:1000_0")).toEqual([]);
});

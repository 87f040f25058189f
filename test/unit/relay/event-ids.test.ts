/** Ids of events: the client's name the child and the stream, the child's come back as they were. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromClientEventId, toClientEventId, type EventOrigin } from "../../../src/relay/event-ids.ts";

test("what a client names is found again", () => {
  const origin: fc.Arbitrary<EventOrigin> = fc.record({
    generation: fc.integer({ min: 1, max: 999 }),
    stream: fc.constantFrom("call", "session", "end"),
    id: fc.string().map((id) => `_${id}`),
  });
  const found = fc.property(origin, (one) => {
    expect(fromClientEventId(toClientEventId(one))).toEqual(one);
  });
  fc.assert(found);
});

test("ids of two children, of two streams, or of the endpoint itself, never meet", () => {
  const ids = [1, 2].flatMap((generation) =>
    (["call", "session", "end"] as const).map((stream) => toClientEventId({ generation, stream, id: "1" })),
  );
  expect(new Set(ids).size).toBe(6);
});

test("the first child's session stream is as it is without us", () => {
  expect(toClientEventId({ generation: 1, stream: "session", id: "_GET_1" })).toBe("_GET_1");
});

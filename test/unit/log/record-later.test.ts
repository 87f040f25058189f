import { expect, test } from "vitest";
import type { RecordInput } from "../../../src/log/record.ts";
import { LaterRecorder } from "../../../src/log/record-later.ts";

const output = (body: string): RecordInput => ({ kind: "output", stream: "stdout", body });

function taken() {
  const seen: { body: unknown; at: number | undefined }[] = [];
  const later = new LaterRecorder((record, at) =>
    seen.push({ body: "body" in record ? record.body : undefined, at }),
  );
  return { seen, later };
}

test("records are handed on after what the turn still does, in order, with the time they were made", async () => {
  const { seen, later } = taken();
  later.record(output("first"), 1);
  process.nextTick(() => later.record(output("third"), 3));
  later.record(output("second"), 2);
  await Promise.resolve();
  expect(seen).toEqual([]);
  await expect
    .poll(() => seen)
    .toEqual([
      { body: "first", at: 1 },
      { body: "second", at: 2 },
      { body: "third", at: 3 },
    ]);
});

test("a flush hands on at once, and nothing twice", async () => {
  const { seen, later } = taken();
  later.record(output("first"), 1);
  later.flush();
  expect(seen).toHaveLength(1);
  later.record(output("second"), 2);
  await expect.poll(() => seen.map(({ body }) => body)).toEqual(["first", "second"]);
});

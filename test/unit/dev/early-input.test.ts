/** What came on standard input before anybody knew whose it is. */
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { expect, test } from "vitest";
import { EarlyInput } from "../../../src/dev/early-input.ts";

async function whole(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(stream, "end");
  return Buffer.concat(chunks).toString();
}

test("what has come is handed over with what comes", async () => {
  const input = new PassThrough();
  const early = new EarlyInput(input);
  input.write("one\n");
  await early.spoken;
  input.write("two\n");
  const read = whole(early.handOver());
  input.end("three");
  expect(await read).toBe("one\ntwo\nthree");
});

test("an input that is over by then is handed over with its end", async () => {
  const input = new PassThrough();
  const early = new EarlyInput(input);
  input.end("one\ntwo");
  await early.ended;
  expect(await whole(early.handOver())).toBe("one\ntwo");
});

test("an input that is over with nothing said", async () => {
  const input = new PassThrough();
  const early = new EarlyInput(input);
  input.end();
  await once(input, "end");
  expect(await whole(early.handOver())).toBe("");
});

test("a flood is left in the pipe, and comes whole afterwards", async () => {
  const input = new PassThrough();
  const early = new EarlyInput(input);
  const flood = "line\n".repeat(1_000_000);
  input.end(flood);
  await early.spoken;
  expect((await whole(early.handOver())).length).toBe(flood.length);
});

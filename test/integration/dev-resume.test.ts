/** Streams that a client has lost and takes up again with the id of the last event it got, before and after a save. */
import { expect } from "vitest";
import { EventClient, type EventStream } from "../helpers/event-client.ts";
import { test, type DevBench } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

const subscribe = { jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri: "told://it" } };

const count = (stream: EventStream, text: string): number =>
  stream.events.filter(({ data }) => data.includes(text)).length;

async function tell(project: Project, word: string, stream: EventStream): Promise<void> {
  const before = count(stream, "resources/updated");
  await project.save(`tell of ${word}`, "");
  await expect.poll(() => count(stream, "resources/updated"), { timeout: 10_000 }).toBe(before + 1);
}

/** A client that has lost the stream of its call 7, which waits for the file `until`, behind the event `last`. */
async function brokenOff(bench: DevBench, server: string) {
  const project = await bench.project(server);
  const { records, url } = await bench.http(project);
  const client = await EventClient.connect(url);
  const broken = await client.call(7, "wait");
  await expect.poll(() => count(broken, "progress"), { timeout: 10_000 }).toBe(1);
  const last = broken.events.at(-1)?.id;
  broken.leave();
  await broken.ended;
  return { project, records, client, last };
}

test("the session's stream: what was missed comes, and after a save the stream is taken up all the same", async ({
  bench,
}) => {
  const project = await bench.project("resumable.ts");
  const { records, url } = await bench.http(project);
  const client = await EventClient.connect(url);
  const first = await client.listen();
  await client.send(subscribe);
  await tell(project, "Hello", first);
  first.leave();
  await first.ended;
  await project.save("tell of Hello", "");
  await expect.poll(() => project.has("tell of Hello"), { timeout: 10_000 }).toBe(false);
  const second = await client.listen(first.events.at(-1)?.id);
  await expect.poll(() => count(second, "resources/updated"), { timeout: 10_000 }).toBe(1);

  const last = second.events.at(-1)?.id;
  second.leave();
  await second.ended;
  await project.greet("Salut");
  await records.reload("serving");
  const third = await client.listen(last);
  expect(third.status).toBe(200);
  await tell(project, "Salut", third);
  // Ids of the second child are known there again.
  third.leave();
  await third.ended;
  await project.save("tell of Salut", "");
  await expect.poll(() => project.has("tell of Salut"), { timeout: 10_000 }).toBe(false);
  const fourth = await client.listen(third.events.at(-1)?.id);
  await expect.poll(() => count(fourth, "resources/updated"), { timeout: 10_000 }).toBe(1);
  fourth.leave();
});

test("a call's stream: the answer comes from the child that has it, replaced or not", async ({ bench }) => {
  const { project, records, client, last } = await brokenOff(bench, "resumable.ts");
  await project.greet("Salut");
  await records.reload("serving");
  const resumed = await client.listen(last);
  await project.save("until", "");
  await expect.poll(() => count(resumed, '"id":7'), { timeout: 10_000 }).toBe(1);
  expect(resumed.events.at(-1)?.data).toContain("Hello");
  resumed.leave();
});

test("a call whose client leaves for good is over when its child has answered", async ({ bench }) => {
  const project = await bench.project("resumable.ts");
  const { records, url } = await bench.http(project);
  const client = await EventClient.connect(url);
  const left = await client.call(7, "wait");
  await expect.poll(() => count(left, "progress"), { timeout: 10_000 }).toBe(1);
  left.leave();
  await left.ended;
  await project.greet("Salut");
  await records.reload("serving");
  await project.save("until", "");
  await records.next((record) => record.kind === "response" && record["jsonrpc.request.id"] === "7");
});

test("a call's stream whose child has answered meanwhile and is gone: the answer", async ({ bench }) => {
  const { project, records, client, last } = await brokenOff(bench, "resumable.ts");
  await project.save("until", "");
  await records.next((record) => record.kind === "response" && record["jsonrpc.request.id"] === "7");
  await client.call(8, "exit");
  await records.reload("serving");
  const resumed = await client.listen(last);
  await resumed.ended;
  expect(resumed.events.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { id: 7, result: { content: [{ text: "Hello" }] } },
  ]);
  const again = await client.listen(resumed.events.at(-1)?.id);
  expect(again.status).toBe(405);
});

test("a call's stream whose child has crashed: one error", async ({ bench }) => {
  const { records, client, last } = await brokenOff(bench, "resumable.ts");
  await client.call(8, "exit");
  await records.reload("serving");
  const resumed = await client.listen(last);
  await resumed.ended;
  expect(resumed.events.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { id: 7, error: { message: expect.stringContaining("crashed") as string } },
  ]);
  const again = await client.listen(resumed.events.at(-1)?.id);
  expect(again.status).toBe(405);
});

test("a server that keeps its events in a file: what a child said before it was replaced comes", async ({
  bench,
}) => {
  const project = await bench.project("remembering.ts");
  const { records, url } = await bench.http(project);
  const client = await EventClient.connect(url);
  const first = await client.listen();
  await client.send(subscribe);
  await tell(project, "Hello", first);
  first.leave();
  await first.ended;
  await project.save("tell of Hello", "");
  await expect.poll(() => project.has("tell of Hello"), { timeout: 10_000 }).toBe(false);
  await project.greet("Salut");
  await records.reload("serving");
  const second = await client.listen(first.events.at(-1)?.id);
  await expect.poll(() => count(second, "resources/updated"), { timeout: 10_000 }).toBe(1);
  await tell(project, "Salut", second);
  second.leave();
});

test("a server that keeps its events in a file: an answer that a child gave before it crashed comes, once", async ({
  bench,
}) => {
  const { project, records, client, last } = await brokenOff(bench, "remembering.ts");
  await project.save("until", "");
  await expect.poll(() => project.read("events.jsonl"), { timeout: 10_000 }).toContain('"id":7');
  await client.call(8, "exit");
  await records.reload("serving");
  const resumed = await client.listen(last);
  await resumed.ended;
  const answers = resumed.events.filter(({ data }) => data.includes('"id":7'));
  expect(answers.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { id: 7, result: { content: [{ text: "Hello" }] } },
  ]);
});

test("a server that keeps its events in a file: a call that a child left unanswered gets one error", async ({
  bench,
}) => {
  const { records, client, last } = await brokenOff(bench, "remembering.ts");
  await client.call(8, "exit");
  await records.reload("serving");
  const resumed = await client.listen(last);
  await resumed.ended;
  expect(resumed.events.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { id: 7, error: { message: expect.stringContaining("crashed") as string } },
  ]);
});

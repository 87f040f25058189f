/** What a server keeps for its sessions goes on in the process that replaces it, if the server says how. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test("each session's state survives saves over HTTP", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const [one, two] = [await bench.connect(url), await bench.connect(url)];
  await call(one.client, "count", {});
  await call(one.client, "count", {});
  await call(two.client, "count", {});
  for (const word of ["Salut", "Hallo"]) {
    await project.greet(word);
    await records.reload("serving");
    // Restored before the first call of either: both are there.
    await expect.poll(() => call(one.client, "count", {})).toMatch(new RegExp(`^${word} . dated 2$`));
  }
  expect(await call(one.client, "count", {})).toMatch(/^Hallo [5-9] dated 2$/);
  expect(await call(two.client, "count", {})).toBe("Hallo 2 dated 2");
});

test("a session's state survives saves over stdio", async ({ bench }) => {
  const { project, records, client } = await bench.stdio(await bench.project("counter.ts"));
  await records.reload("serving");
  await call(client, "count", {});
  await project.greet("Salut");
  await records.reload("serving");
  await expect.poll(() => call(client, "count", {})).toMatch(/^Salut [2-9] dated 1$/);
});

test("a crash loses no more than the call that it happened in", async ({ bench }) => {
  const { url } = await bench.http(await bench.project("counter.ts"));
  const { client } = await bench.connect(url);
  await call(client, "count", {});
  await expect(call(client, "crash", {})).rejects.toThrow(/crashed/);
  expect(await call(client, "count", {})).toBe("Hello 2 dated 1");
});

test("what a call has done halfway is not handed over", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const { client } = await bench.connect(url);
  await call(client, "count", {});
  const slow = call(client, "count_slowly", {});
  await records.next((record) => record.kind === "request" && record["gen_ai.tool.name"] === "count_slowly");
  await project.greet("Salut");
  await records.reload("serving");
  await expect.poll(() => call(client, "count", {})).toMatch(/^Salut [2-9] dated 1$/);
  await project.save("until", "");
  expect(await slow).toBe("done");
  expect(await call(client, "count", {})).toMatch(/^Salut [3-9] dated 1$/);
});

test("state that cannot be cloned is said once, and the session goes on without", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const { client } = await bench.connect(url);
  await call(client, "spoil", {});
  await call(client, "spoil", {});
  const told = await records.next((record) => record.kind === "error");
  expect(JSON.stringify(told)).toMatch(/could not be cloned/);
  await project.greet("Salut");
  await records.reload("serving");
  await expect.poll(() => call(client, "count", {})).toMatch(/^Salut . dated 1$/);
  expect(records.all.filter((record) => record.kind === "error")).toHaveLength(1);
});

test("once newer state could not be copied, the old copy does not come back", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const { client } = await bench.connect(url);
  await call(client, "note", { text: "apple" });
  await call(client, "note", {});
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "note", { text: "fig" })).toBe("nothing");
});

test("of several keepers, the one whose state cannot be cloned is named, and the others keep theirs", async ({
  bench,
}) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const { client } = await bench.connect(url);
  await call(client, "note", { text: "apple" });
  await call(client, "count", {});
  await call(client, "note", {});
  await call(client, "count", {});
  const told = await records.next((record) => record.kind === "error");
  expect(JSON.stringify(told)).toMatch(/state of 'notes' cannot be handed over.*could not be cloned/);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "count", {})).toMatch(/ 3 dated 1$/);
});

test("the state of a session that ended is let go", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("counter.ts"));
  const [leaves, stays] = [await bench.connect(url), await bench.connect(url)];
  await call(leaves.client, "count", {});
  await call(stays.client, "count", {});
  await leaves.transport.terminateSession();
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  await project.greet("Salut");
  await records.reload("serving");
  await expect.poll(() => call(stays.client, "count", {})).toMatch(/^Salut [2-9] dated 1$/);
});

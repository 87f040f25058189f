/** A server that is started and never serves: the old one goes on, clients are told, the next good save serves. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test.for([
  ["http", "never"],
  ["stdio", "hangs"],
] as const)("%s: a save after which it %s", async ([transport, word], { bench }) => {
  const project = await bench.project("gated.ts");
  const { records, client } = await bench.over(transport, project);
  await project.greet(word);
  await records.reload("started");
  expect(await call(client, "greet")).toBe("Hello");
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
});

test("a server that handles what nobody catches: it is shown, and fails the start only if the process ends", async ({
  bench,
}) => {
  const project = await bench.project("handling.ts");
  const { records, url } = await bench.http(project);
  const errors = (): unknown[] =>
    records.all.flatMap((record) =>
      record.kind === "error" || (record.kind === "reload" && record.event === "failed")
        ? [[record.kind, record.generation, (record.body as { message: string }).message]]
        : [],
    );
  expect(errors()).toEqual([["error", 1, "on the way"]]);
  const { client } = await bench.connect(url);
  expect(await call(client, "greet")).toBe("Hello");
  await project.greet("leave");
  await records.reload("failed");
  expect(await call(client, "greet")).toBe("Hello");
  const before = [
    ["error", 1, "on the way"],
    ["reload", 2, "on the way"],
  ];
  expect(errors()).toEqual(before);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  expect(errors()).toEqual([...before, ["error", 3, "on the way"]]);
});

test("a first start that never calls start(): a client waits for its time, then for the good save", async ({
  bench,
}) => {
  const project = await bench.project("gated.ts");
  await project.greet("never");
  const { records, initialize, send, next } = bench.pipe(project, ["--stdio", "--json", "--wait", "300"]);
  await records.reload("started");
  expect(await initialize()).toMatchObject({
    id: 0,
    error: { message: expect.stringMatching(/not running/) as string },
  });
  await project.greet("Salut");
  await records.reload("serving");
  const params = {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "raw", version: "0" },
  };
  send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  expect(await next(({ id }) => id === 1)).toMatchObject({ result: { serverInfo: { name: "gated" } } });
});

test("stdio: a call that outlives the drain time gets one error, and its late answer goes nowhere", async ({
  bench,
}) => {
  const project = await bench.project("waiting.ts");
  const { records, lines, initialize, send, next } = bench.pipe(project, [
    "--stdio",
    "--json",
    "--drain",
    "50",
  ]);
  await initialize();
  send({ jsonrpc: "2.0", method: "notifications/initialized" });
  const params = { name: "wait", arguments: { until: project.path("until") } };
  send({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  await records.next((record) => record.kind === "output" && record.body === "Hello runs");
  await project.greet("Salut");
  const message = expect.stringMatching(/still running after 50 ms/) as string;
  expect(await next(({ id }) => id === 1)).toMatchObject({ error: { message } });
  await project.save("until", "");
  send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "greet", arguments: {} } });
  expect(await next(({ id }) => id === 2)).toMatchObject({ result: { content: [{ text: "Salut" }] } });
  expect(lines.filter((line) => line.includes('"id":1'))).toHaveLength(1);
});

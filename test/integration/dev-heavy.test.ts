/** Much at once: messages of 10 MB in both directions, and a server that floods its standard output. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

const transports = ["http", "stdio"] as const;

test.for(transports)("%s: 10 MB there and back, through a save", async (transport, { bench }) => {
  const project = await bench.project("heavy.ts");
  const { records, client } = await bench.over(transport, project);
  // Just below what FastMCP takes over HTTP; characters of two bytes, which must not be cut in half.
  const text = "é".repeat(5_200_000);
  expect((await call(client, "echo", { text })) === text).toBe(true);
  await project.greet("Salut");
  await records.reload("serving");
  expect((await call(client, "echo", { text })) === text).toBe(true);
  expect(await call(client, "greet")).toBe("Salut");
});

test("over HTTP, more than FastMCP takes is answered as FastMCP does, each time", async ({ bench }) => {
  const { client } = await bench.over("http", await bench.project("heavy.ts"));
  for (let count = 0; count < 8; count++)
    await expect(call(client, "echo", { text: "x".repeat(12_000_000) })).rejects.toThrow("Payload Too Large");
  expect(await call(client, "greet")).toBe("Hello");
});

test.for(transports)("%s: a flood on standard output", async (transport, { bench }) => {
  const lines = 5_000;
  const project = await bench.project("heavy.ts");
  const { records, client } = await bench.over(transport, project);
  const flood = call(client, "flood", { lines });
  expect(await call(client, "greet")).toBe("Hello");
  expect(await flood).toBe("Hello");
  const flooded = (): number =>
    records.all.filter(
      (record) => (record.kind === "output" || record.kind === "noise") && record.body.startsWith("flood "),
    ).length;
  await expect.poll(flooded, { timeout: 20_000 }).toBe(lines);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
});

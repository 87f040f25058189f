/** An entry file that is renamed under a server that runs. */
import { rename } from "node:fs/promises";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test("the old code goes on serving, one line says what to do, and the entry that is back reloads", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  await rename(project.path("src/plain.ts"), project.path("src/main.ts"));
  const told = await records.next((record) => record.kind === "error");
  expect(told).toMatchObject({
    body: {
      message:
        "src/plain.ts is gone, and generation 1 goes on serving: bring it back, or stop this and run mcp dev src/main.ts",
    },
  });
  await project.greet("Salut");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello/);
  await rename(project.path("src/main.ts"), project.path("src/plain.ts"));
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
  expect(records.all.filter(({ kind }) => kind === "error")).toEqual([told]);
  expect(records.all.filter((record) => record.kind === "reload" && record.event === "failed")).toEqual([]);
});

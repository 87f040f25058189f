/** The warm next child: what it has loaded and exercised before a save is not to be noticed, but for the time it saves. */
import { mkdir } from "node:fs/promises";
import { expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

async function talkative(bench: DevBench): Promise<Project> {
  const project = await bench.project("talkative.ts", ["fastmcp", "tsx", "zod"]);
  await mkdir(project.path("node_modules/talkative"));
  await project.save(
    "node_modules/talkative/package.json",
    JSON.stringify({ name: "talkative", version: "1.0.0", type: "module", exports: "./index.js" }),
  );
  await project.save(
    "node_modules/talkative/index.js",
    `console.error("talkative says " + process.env.TASTE);
     export const taste = process.env.TASTE;
     let old = false;
     setImmediate(() => { old = true; });
     export const isOld = () => old;\n`,
  );
  await project.save(".env", "TASTE=sweet\n");
  return project;
}

type Dev = Awaited<ReturnType<typeof start>>;

async function start(bench: DevBench, project: Project, args: readonly string[]) {
  const dev = await bench.http(project, { args });
  return { ...dev, ...(await bench.connect(dev.url)) };
}

type Look = { readonly wasLoadedBefore: boolean; readonly taste: string };

test("a child that was warm looks to the server like any other, and prints in its own time", async ({
  bench,
}) => {
  const project = await talkative(bench);
  const look = async (dev: Dev): Promise<Look> => JSON.parse(await call(dev.client, "look", {})) as Look;
  const without = await start(bench, project, ["--no-standby"]);
  expect(await look(without)).toMatchObject({ wasLoadedBefore: false, taste: "sweet", greeting: "Hello" });
  const dev = await start(bench, project, []);

  let saves = 0;
  const warm = await bench.eventually(async () => {
    await project.greet("Hello " + ".".repeat(++saves));
    await Promise.all([dev.records.reload("serving"), without.records.reload("serving")]);
    const seen = await look(dev);
    return seen.wasLoadedBefore ? seen : undefined;
  }, 1500);
  expect(warm).toEqual({ ...(await look(without)), wasLoadedBefore: true });

  const told = dev.records.all.flatMap((record): readonly unknown[] => {
    if (record.kind === "reload" && record.event === "started") return [record.generation];
    return record.kind === "output" && record.stream === "stderr" ? [[record.generation, record.body]] : [];
  });
  expect(told.filter((one) => !String(one).includes("FastMCP"))).toEqual(
    Array.from({ length: saves + 1 }, (_, index) => [index + 1, [index + 1, "talkative says sweet"]]).flat(),
  );
});

test.for(["http", "stdio"] as const)(
  "%s: what a child prints while it exercises FastMCP is not the server's",
  async (transport, { bench }) => {
    const { project, records, client } = await bench.over(transport, await talkative(bench));
    let saves = 0;
    await bench.eventually(async () => {
      await project.greet("Hello " + ".".repeat(++saves));
      await records.reload("serving");
      return (JSON.parse(await call(client, "look")) as Look).wasLoadedBefore ? true : undefined;
    }, 3000);
    const printed = records.all.flatMap((record) =>
      record.kind === "output" || record.kind === "noise" ? [record.body] : [],
    );
    expect(printed).toContain("talkative says sweet");
    // No client of this test ends its session.
    expect(printed.filter((line) => line.includes("received delete request"))).toEqual([]);
  },
);

test("a changed .env reaches packages that read it when they are imported", async ({ bench }) => {
  const { project, url, records } = await bench.http(await talkative(bench));
  const { client } = await bench.connect(url);
  await bench.eventually(async () => ((await bench.processes()).length >= 4 ? true : undefined));
  await project.save(".env", "TASTE=bitter\n");
  await records.reload("serving");
  expect(JSON.parse(await call(client, "look", {}))).toMatchObject({ taste: "bitter" });
});

test("saves that follow each other at once are one reload, with the last content", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("plain.ts"));
  const { client } = await bench.connect(url);
  await bench.eventually(async () => ((await bench.processes()).length >= 4 ? true : undefined));
  for (const word of ["one", "two", "three", "four"]) {
    await project.greet(word);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await project.save("src/other.ts", "export {};\n");
  await project.greet("last");
  expect(await records.reload("serving")).toMatchObject({
    files: expect.arrayContaining(["src/greeting.ts", "src/other.ts"]) as unknown,
  });
  expect(await call(client, "greet", { name: "you" })).toMatch(/^last/);
  const served = records.all.filter((record) => record.kind === "reload" && record.event === "serving");
  expect(served).toHaveLength(2);
});

test("--no-standby runs one process of the server and no other", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("plain.ts"), {
    args: ["--no-standby"],
  });
  const { client } = await bench.connect(url);
  await project.greet("Hallo");
  await records.reload("serving");
  const before = await bench.processes();
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
  await expect
    .poll(async () => (await bench.processes()).length, { timeout: 8000 })
    .toBeLessThanOrEqual(before.length);
});

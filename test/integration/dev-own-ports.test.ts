/** A server that listens on a fixed port of its own beside FastMCP's, which two processes cannot have at once. */
import { expect } from "vitest";
import type { LogRecord } from "../../src/log/record.ts";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import { freePort, takePort } from "../helpers/processes.ts";

async function serving(bench: DevBench, when: string, transport: "http" | "stdio" = "http") {
  const project = await bench.project("metrics.ts");
  const own = await freePort();
  await project.save("metrics", `${when} ${own}`);
  const { records, client } = await bench.over(transport, project);
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${own}`)).text();
  await expect.poll(() => metrics().catch(() => "")).toBe("Hello");
  return { project, records, client, metrics };
}

function failures(records: readonly LogRecord[]): readonly LogRecord[] {
  return records.filter(
    (record) => record.kind === "error" || (record.kind === "reload" && record.event === "failed"),
  );
}

test.for([
  ["http", "before"],
  ["http", "after"],
  ["http", "late"],
  ["stdio", "before"],
  ["stdio", "after"],
] as const)(
  "%s, %s start(): each save reloads, and a call ends first",
  async ([transport, when], { bench }) => {
    const { project, records, client, metrics } = await serving(bench, when, transport);
    const waiting = call(client, "wait", { until: project.path("until") });
    await project.greet("Salut");
    await records.reload("started");
    expect(await call(client, "greet")).toBe("Hello");
    await project.save("until", "");
    expect(await waiting).toBe("Hello");
    await records.reload("serving");
    expect(await call(client, "greet")).toBe("Salut");
    await expect.poll(() => metrics().catch(() => "")).toBe("Salut");
    await project.greet("Hallo");
    await records.reload("serving");
    expect(await call(client, "greet")).toBe("Hallo");
    await expect.poll(() => metrics().catch(() => "")).toBe("Hallo");
    const message = expect.stringMatching(/by itself, so after a save the old process ends/) as string;
    expect(failures(records.all)).toEqual([expect.objectContaining({ body: { message } })]);
  },
);

test("a port that is not listened on any more holds up no reload", async ({ bench }) => {
  const { project, records, client } = await serving(bench, "once");
  const waiting = call(client, "wait", { until: project.path("until") });
  await project.save("metrics", "never 1");
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  await project.save("until", "");
  expect(await waiting).toBe("Hello");
  expect(failures(records.all)).toEqual([]);
});

test("a port that somebody else has: the old one goes on serving", async ({ bench }) => {
  const { project, records, client, metrics } = await serving(bench, "before");
  const taken = await freePort();
  const release = await takePort(taken);
  try {
    await project.save("metrics", `before ${taken}`);
    await project.greet("Salut");
    expect(await records.reload("failed")).toMatchObject({ generation: 2, body: { servingGeneration: 1 } });
    expect(await call(client, "greet")).toBe("Hello");
    expect(await metrics()).toBe("Hello");
  } finally {
    await release();
  }
  await project.greet("Hallo");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Hallo");
});

test("a save that fails for another reason once the port is free: it is said, and the next good one serves", async ({
  bench,
}) => {
  const { project, records, client } = await serving(bench, "before");
  const text = await project.read("src/metrics.ts");
  const listening = 'await new Promise((resolve) => metrics.once("listening", resolve));';
  await project.save(
    "src/metrics.ts",
    text.replace("await server.start", `${listening}\nawait broken.start`),
  );
  expect(await records.reload("failed")).toMatchObject({ body: { message: "broken is not defined" } });
  await project.save("src/metrics.ts", text);
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Hello");
});

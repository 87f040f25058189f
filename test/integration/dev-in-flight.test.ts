/** Calls that are under way, or still wait for a child, when the server is replaced: what reaches whom. */
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect } from "vitest";
import { call, newClient, test } from "../helpers/mcp-dev.ts";
import type { Records } from "../helpers/records.ts";

const transports = ["http", "stdio"] as const;

/** What the server printed to standard error. */
function printed(records: Records, text: string): Promise<unknown> {
  return records.next((record) => record.kind === "output" && record.body === text);
}

test.for(transports)("%s: progress and log messages of a replaced child", async (transport, { bench }) => {
  const client = newClient();
  const logged: unknown[] = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    logged.push(params.data);
  });
  const project = await bench.project("waiting.ts");
  const { records } = await bench.over(transport, project, client);
  const progress: number[] = [];
  const args = { until: project.path("until"), answerAt: project.path("answer") };
  const waiting = client.callTool({ name: "wait", arguments: args }, undefined, {
    onprogress: (update) => progress.push(update.progress),
  });
  await printed(records, "Hello runs");
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  await project.save("until", "");
  // This client forgets progress that it gets together with the answer.
  await expect.poll(() => progress).toEqual([1, 2, 3]);
  await project.save("answer", "");
  expect(await waiting).toMatchObject({ content: [{ text: "Hello" }] });
  await expect.poll(() => logged).toContainEqual({ message: "Hello goes on" });
});

test.for(transports)(
  "%s: a cancel reaches the replaced child that has the call",
  async (transport, { bench }) => {
    const project = await bench.project("waiting.ts");
    const { records, client } = await bench.over(transport, project);
    const cancelling = new AbortController();
    const args = { until: project.path("never") };
    const waiting = client.callTool({ name: "wait", arguments: args }, undefined, {
      signal: cancelling.signal,
    });
    const cancelled = expect(waiting).rejects.toThrow(/no longer wanted/);
    await printed(records, "Hello runs");
    await project.greet("Salut");
    await records.reload("serving");
    cancelling.abort("no longer wanted");
    await cancelled;
    await printed(records, "Hello was cancelled");
    expect(await call(client, "greet")).toBe("Salut");
  },
);

test("a call that is withdrawn while it waits for a child is never made", async ({ bench }) => {
  const project = await bench.project("waiting.ts");
  const { records, client } = await bench.over("stdio", project);
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  await records.reload("failed");
  await expect(call(client, "exit")).rejects.toThrow(/crashed/);
  const cancelling = new AbortController();
  const args = { until: project.path("never") };
  const waiting = client.callTool({ name: "wait", arguments: args }, undefined, {
    signal: cancelling.signal,
  });
  const cancelled = expect(waiting).rejects.toThrow(/no longer wanted/);
  cancelling.abort("no longer wanted");
  await cancelled;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  expect(records.all.some((record) => record.kind === "output" && record.body === "Salut runs")).toBe(false);
});

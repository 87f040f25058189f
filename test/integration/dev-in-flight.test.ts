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

test("a client that hangs up during a call is told of, as what came of the call", async ({ bench }) => {
  const project = await bench.project("waiting.ts");
  const { records, url } = await bench.http(project);
  const { transport } = await bench.connect(url);
  const hangingUp = new AbortController();
  const params = { name: "wait", arguments: { until: project.path("never") } };
  const waiting = fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      "Mcp-Session-Id": transport.sessionId ?? "",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: "mine", method: "tools/call", params }),
    signal: hangingUp.signal,
  }).then((answer) => answer.text());
  const hungUp = expect(waiting).rejects.toThrow(/aborted/);
  await printed(records, "Hello runs");
  hangingUp.abort();
  await hungUp;
  const told = await records.next(
    (record) => record["jsonrpc.request.id"] === "mine" && record.kind === "response",
  );
  expect(told).toMatchObject({ session: "s1", "error.type": "http_499", body: { text: "the client left" } });
});

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

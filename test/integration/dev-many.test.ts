/** Many sessions, many saves, and calls all the while: each is answered once, in its own session, and none is lost. */
import { expect } from "vitest";
import { initializeRequest, test } from "../helpers/mcp-dev.ts";

const sessions = 100;
const saves = 8;
const callers = 6;

type Answer = { readonly id: number; readonly result?: { readonly content: readonly { text: string }[] } };

test(`${sessions} sessions and ${saves} saves`, async ({ bench }) => {
  const project = await bench.project("plain.ts");
  // Saves that follow each start at once look like the server's own; this one is asked for.
  const { records, url } = await bench.http(project, { args: ["--watch", "src/greeting.ts"] });
  const post = async (message: object, session?: string): Promise<Response> => {
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(session === undefined ? {} : { "Mcp-Session-Id": session }),
    };
    return fetch(url, { method: "POST", headers, body: JSON.stringify(message) });
  };
  const open = async (): Promise<string> => {
    const opened = await post(initializeRequest);
    await opened.text();
    const id = opened.headers.get("mcp-session-id") ?? "";
    await (await post({ jsonrpc: "2.0", method: "notifications/initialized" }, id)).text();
    return id;
  };
  const ids: string[] = [];
  const opener = async (): Promise<void> => {
    while (ids.length < sessions) ids.push(await open());
  };
  await Promise.all(Array.from({ length: callers }, opener));

  let calls = 0;
  const greet = async (session: string): Promise<string> => {
    const id = ++calls;
    const params = { name: "greet", arguments: { name: "you" } };
    const response = await post({ jsonrpc: "2.0", id, method: "tools/call", params }, session);
    expect(response.headers.get("mcp-session-id")).toBe(session);
    const text = await response.text();
    const answers = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
      (match) => JSON.parse(match[1] ?? "") as Answer,
    );
    expect(answers.map((answer) => answer.id)).toEqual([id]);
    const greeting = answers[0]?.result?.content[0]?.text ?? text;
    expect(greeting).toContain(` you ${session} `);
    return greeting;
  };
  let saving = true;
  const caller = async (first: number): Promise<void> => {
    for (let turn = first; saving; turn += callers) await greet(ids[turn % ids.length] ?? "");
  };
  const calling = Promise.all(Array.from({ length: callers }, (_, first) => caller(first)));
  for (let save = 1; save <= saves; save++) {
    await project.greet(`Hello${save}`);
    await records.reload("serving");
  }
  saving = false;
  await calling;
  for (const id of ids) expect(await greet(id)).toContain(`Hello${saves} `);
  expect(calls).toBeGreaterThan(sessions);
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(ids.length);
  expect(records.sessionEvents()).not.toContain("disconnect");
});

/** What a replay answers the server, and what it sends, as it is read from a log. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { Connection } from "../../../src/client/connect.ts";
import { readRecording, type Recording } from "../../../src/client/recording.ts";
import { answersOf, replay } from "../../../src/client/replay.ts";

type Line = { readonly kind: string; readonly dir: string; readonly id: number; readonly body: object };

async function recorded(lines: readonly Line[]): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), "replay-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const records = lines.map(({ id, ...line }, index) => ({
    v: 1,
    seq: index + 1,
    time: new Date(1_770_000_000_000 + index).toISOString(),
    session: "s1",
    "jsonrpc.request.id": String(id),
    bytes: 1,
    duration_ms: 1,
    ...line,
    body: { id, ...line.body },
  }));
  const log = join(folder, "x.jsonl");
  await writeFile(log, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return readRecording("s1", log, folder);
}

const method = "elicitation/create";
const asked = (id: number, message: string): Line => ({
  kind: "request",
  dir: "s2c",
  id,
  body: { method, params: { message, _meta: { progressToken: id } } },
});
const answered = (id: number, name: string): Line => ({
  kind: "response",
  dir: "c2s",
  id,
  body: { result: { action: "accept", content: { name } } },
});

test("of calls that ran at the same time, each question has its own answer", async () => {
  const uuid = "123e4567-e89b-42d3-a456-426614174000";
  const recording = await recorded([
    asked(0, "second?"),
    asked(1, `third of ${uuid}?`),
    asked(2, "first?"),
    answered(2, "Ann"),
    answered(1, "Cem"),
    answered(0, "Bob"),
  ]);
  const answer = answersOf(recording, new Map());
  const nameFor = (message: string) =>
    answer({ method, params: { message, _meta: { progressToken: 9 } } })["content"];
  expect(nameFor("first?")).toEqual({ name: "Ann" });
  expect(nameFor(`third of ${uuid.replaceAll("4", "5")}?`)).toEqual({ name: "Cem" });
  expect(nameFor("second?")).toEqual({ name: "Bob" });
});

test("a question that is put in other words is answered in its turn", async () => {
  const recording = await recorded([
    asked(0, "Name?"),
    answered(0, "Ann"),
    asked(1, "And now?"),
    answered(1, "Bob"),
  ]);
  const answer = answersOf(recording, new Map());
  expect(answer({ method, params: { message: "Your name?" } })).toMatchObject({ content: { name: "Ann" } });
  expect(answer({ method, params: { message: "And yours?" } })).toMatchObject({ content: { name: "Bob" } });
  expect(() => answer({ method, params: { message: "Name?" } })).toThrow("was not recorded");
});

const called = (id: number, args: object): Line[] => [
  {
    kind: "request",
    dir: "c2s",
    id,
    body: { method: "tools/call", params: { name: "login", arguments: args } },
  },
  { kind: "response", dir: "s2c", id, body: { result: { content: [] } } },
];

/** What a server with one tool is sent as the arguments of each call. */
async function replayed(
  recording: Recording,
  inputSchema: z.ZodObject,
  values: Readonly<Record<string, string>>,
): Promise<unknown[]> {
  const calls: unknown[] = [];
  const server = new McpServer({ name: "x", version: "1" });
  server.registerTool("login", { inputSchema }, (args) => {
    calls.push(args);
    return { content: [] };
  });
  const client = new Client({ name: "y", version: "1" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  onTestFinished(() => client.close());
  const connection = new Connection(client, new Set(), new AbortController().signal, () => client.close());
  const options = { values: new Map(Object.entries(values)), ignored: [] };
  for await (const { differences } of replay(connection, recording, options)) expect(differences).toEqual([]);
  return calls;
}

test("what was redacted as a whole has the type that the tool asks for", async () => {
  const redacted = "[redacted]";
  const schema = z.object({
    password: z.number(),
    pin: z.string(),
    credentials: z.record(z.string(), z.string()),
    tokens: z.array(z.string()),
    users: z.array(z.object({ secret: z.boolean().nullable() })),
    note: z.string(),
  });
  const args = {
    password: redacted,
    pin: redacted,
    credentials: redacted,
    tokens: redacted,
    users: [{ secret: redacted }],
    note: `see ${redacted}.`,
  };
  const values = {
    MCP_REPLAY_PASSWORD: "1234",
    MCP_REPLAY_PIN: "5678",
    MCP_REPLAY_CREDENTIALS: '{"user":"u"}',
    MCP_REPLAY_TOKENS: '["a","b"]',
    MCP_REPLAY_SECRET: "true",
    MCP_REPLAY_NOTE: "9",
  };
  expect(await replayed(await recorded(called(1, args)), schema, values)).toEqual([
    {
      password: 1234,
      pin: "5678",
      credentials: { user: "u" },
      tokens: ["a", "b"],
      users: [{ secret: true }],
      note: "see 9.",
    },
  ]);
});

test("what the client entered in a form has the type that the form asks for", async () => {
  const requestedSchema = { type: "object", properties: { password: { type: "integer" } } };
  const params = { message: "PIN?", requestedSchema };
  const recording = await recorded([
    { kind: "request", dir: "s2c", id: 0, body: { method, params } },
    {
      kind: "response",
      dir: "c2s",
      id: 0,
      body: { result: { action: "accept", content: { password: "[redacted]" } } },
    },
  ]);
  const answer = answersOf(recording, new Map([["MCP_REPLAY_PASSWORD", "1234"]]));
  expect(answer({ method, params })).toEqual({ action: "accept", content: { password: 1234 } });
});

test("a variable that names the request goes before the general one", async () => {
  const args = { apiKey: "[redacted]" };
  const recording = await recorded([1, 7, 8].flatMap((id) => called(id, args)));
  const values = { MCP_REPLAY_API_KEY: "theirs", MCP_REPLAY_7_API_KEY: "mine" };
  expect(await replayed(recording, z.object({ apiKey: z.string() }), values)).toEqual([
    { apiKey: "theirs" },
    { apiKey: "mine" },
    { apiKey: "theirs" },
  ]);
});

/** What a replay answers the server, and what it sends, as it is read from a log. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readRecording, type Recording } from "../../../src/client/recording.ts";
import { answersOf } from "../../../src/client/replay.ts";

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

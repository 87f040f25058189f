/** What writing the session log costs a call, and what it costs where the disk does not answer. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { RecordInput } from "../src/log/record.ts";
import { openSessionLog } from "../src/log/writer.ts";
import type { Benchmark, Setting } from "./support/benchmark.ts";
import { timeCalls } from "./support/calls.ts";
import type { HttpClient } from "./support/http-client.ts";
import { atMost, type Report } from "./support/report.ts";
import { mcpDev, startHttp } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";

const rounds = 20;
const callsPerRound = 200;
const limitMs = 0.1;
/** More than the log keeps for a disk that does not take it. */
const records = 200_000;
const recordsPerTurn = 100;
const limitMiB = 128;
const sizes = [
  { name: "a small call", bytes: 3 },
  { name: "16 KiB there and back", bytes: 16_384 },
] as const;

type Subject = {
  readonly size: string;
  readonly log: string;
  readonly client: HttpClient;
  readonly times: number[];
};

export const log: Benchmark = {
  about: "what the session log costs a call",
  run: async (setting) => [await calls(setting), await stuckDisk(setting)],
};

async function calls({ stage, node, progress }: Setting): Promise<Report> {
  const subjects: Subject[] = [];
  for (const { name: size, bytes } of sizes) {
    for (const runner of [mcpDev("with"), mcpDev("without", ["--no-log"])]) {
      progress(`starting ${runner.name}, ${size}`);
      const tool = { name: "greet", arguments: { name: "y".repeat(bytes) } };
      const { client } = await startHttp(stage, node, runner, { tool });
      await timeCalls(client, callsPerRound);
      subjects.push({ size, log: runner.name, client, times: [] });
    }
  }
  await stage.idle(1000);
  for (let round = 1; round <= rounds; round++) {
    for (const { size, log: which, client, times } of subjects) {
      progress(`round ${round} of ${rounds}, ${size}, ${which} log`);
      times.push(...(await timeCalls(client, callsPerRound)));
    }
  }
  await stage.close();
  const measured = sizes.map(({ name }) => {
    const of = (which: string): ReturnType<typeof summarize> =>
      summarize(subjects.find(({ size, log: one }) => size === name && one === which)?.times ?? []);
    const [withLog, without] = [of("with"), of("without")];
    return { name, withLog, without, cost: withLog.median - without.median };
  });
  return {
    title: `log: a call with the session log and with --no-log (${rounds} × ${callsPerRound} calls, ms)`,
    notes: ["HTTP, one call at a time, both in turn in each round."],
    columns: ["call", "median with", "p95 with", "median without", "p95 without", "cost"],
    rows: measured.map(({ name, withLog, without, cost }) => [
      name,
      withLog.median,
      withLog.p95,
      without.median,
      without.p95,
      cost,
    ]),
    musts: measured.slice(0, 1).map(({ name, cost }) => atMost(`cost, ${name}`, cost, limitMs, "ms")),
  };
}

type Stuck = { readonly name: string; readonly perRecordMs: number; readonly grownMiB: number };

/** A pipe that nobody reads takes what a disk takes that is gone: its first write does not come back. */
async function stuckDisk({ stage, progress }: Setting): Promise<Report> {
  const folder = await stage.folder();
  const pipe = join(folder, "pipe");
  const hasPipe = spawnSync("mkfifo", [pipe]).status === 0;
  const measured: Stuck[] = [await recordMany("a disk that answers", join(folder, "log.jsonl"), progress)];
  if (hasPipe) {
    await stage.start("sh", ["-c", `exec sleep 600 < '${pipe}'`], { cwd: folder });
    measured.push(await recordMany("one that does not", pipe, progress));
  }
  await stage.close();
  return {
    title: `log: ${records} records, taken by a disk that answers and by one that does not`,
    notes: [
      `${recordsPerTurn} records a turn of the event loop; of a disk that does not answer, 32 MiB of them are kept, the rest is counted.`,
      "Grown: resident memory of the process, at the most.",
    ],
    columns: ["disk", "a record, µs", "grown MiB"],
    rows: measured.map(({ name, perRecordMs, grownMiB }) => [name, perRecordMs * 1000, grownMiB]),
    musts: measured.flatMap(({ name, perRecordMs, grownMiB }) => [
      atMost(`a record, ${name}`, perRecordMs, limitMs, "ms"),
      atMost(`grown, ${name}`, grownMiB, limitMiB, "MiB"),
    ]),
  };
}

async function recordMany(name: string, file: string, progress: (text: string) => void): Promise<Stuck> {
  progress(`recording, ${name}`);
  const log = openSessionLog({ directory: "", file, payloads: true });
  const before = process.memoryUsage.rss();
  let [mostBytes, takenMs] = [before, 0];
  for (let count = 0; count < records; count += recordsPerTurn) {
    const startedAt = performance.now();
    for (let index = 0; index < recordsPerTurn; index++) log.record(sampleAnswer(count + index));
    takenMs += performance.now() - startedAt;
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    await turn();
  }
  // What hangs is let go when the pipe's other end is.
  void log.close();
  return { name, perRecordMs: takenMs / records, grownMiB: (mostBytes - before) / 2 ** 20 };
}

function sampleAnswer(id: number): RecordInput {
  const text = "the order of a customer is sent when its payment has arrived ".repeat(6);
  const body = { jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } };
  const about = {
    "mcp.method.name": "tools/call",
    "jsonrpc.request.id": String(id),
    "gen_ai.tool.name": "greet",
  };
  return {
    kind: "response",
    dir: "s2c",
    session: "s1",
    generation: 1,
    ...about,
    duration_ms: 2.5,
    bytes: 420,
    body,
  };
}

/** What writing the session log costs a call. */
import type { Benchmark } from "./support/benchmark.ts";
import { timeCalls } from "./support/calls.ts";
import type { HttpClient } from "./support/http-client.ts";
import { atMost } from "./support/report.ts";
import { mcpDev, startHttp } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";

const rounds = 20;
const callsPerRound = 200;
const limitMs = 0.1;
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
  run: async ({ stage, node, progress }) => {
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
    return [
      {
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
      },
    ];
  },
};

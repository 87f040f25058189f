/** Five saves in a row, as a formatter or a checkout makes them: when does the last one answer, after how many reloads? */
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "./support/benchmark.ts";
import { ReloadRecords } from "./support/reload-records.ts";
import { atMost } from "./support/report.ts";
import { mcpDev, mcpUse, startHttp, tsxWatch, xmcp } from "./support/runners.ts";
import { answeredOverHttp, measureSaves, warmUps, type Subject } from "./support/saves.ts";
import { greet } from "./support/stage.ts";

const savesOfBurst = 5;
/** Five saves, four pauses: within 150 ms. */
const pauseMs = 35;
const limits = { medianMs: 150, reloads: 1 } as const;

export const burst: Benchmark = {
  about: "five saves within 150 ms → the last version answers",
  run: async ({ stage, node, saves, progress }) => {
    const subjects: Subject[] = [];
    const own = mcpDev("mcp dev", ["--json"]);
    let records: ReloadRecords | undefined;
    const servedBefore: number[] = [];
    for (const runner of [own, mcpUse, xmcp, tsxWatch]) {
      progress(`starting ${runner.name}`);
      const isOwn = runner === own;
      const { folder, client } = await startHttp(stage, node, runner, {
        stdout: isOwn ? "pipe" : "file",
        onStarted: ({ process }) => {
          if (isOwn) records = new ReloadRecords(process.stdout);
        },
      });
      let count = 0;
      subjects.push({
        name: runner.name,
        before: async () => {
          if (isOwn) servedBefore.push(records?.serving ?? 0);
          count += 1;
          for (let save = 1; save < savesOfBurst; save++) {
            greet(folder, `burst ${count} save ${save}`);
            await sleep(pauseMs);
          }
        },
        save: (word) => greet(folder, word),
        answered: (word) => answeredOverHttp(client, word),
      });
    }
    const measured = await measureSaves(stage, subjects, saves, progress);
    await stage.idle(500);
    servedBefore.push(records?.serving ?? 0);
    const reloads = servedBefore
      .map((count, index) => count - (servedBefore[index - 1] ?? 0))
      .slice(1 + warmUps);
    await stage.close();
    const times = measured[0]?.times;
    const most = Math.max(...reloads);
    return [
      {
        title: `burst: ${savesOfBurst} saves, ${pauseMs} ms apart → the last version answers (${saves} bursts, ms)`,
        notes: [
          "Counted from the last save. One session over HTTP; all runners in turn, each when all are idle.",
        ],
        columns: ["runner", "median", "min", "p95", "max", "reloads a burst", "failed calls"],
        rows: measured.map(({ name, times: summary, failedCalls }) => [
          name,
          ...(summary === undefined
            ? ["—", "—", "—", "—"]
            : [summary.median, summary.min, summary.p95, summary.max]),
          name === own.name ? reloadsText(reloads) : "",
          failedCalls,
        ]),
        musts: [
          ...(times === undefined
            ? []
            : [atMost("median after the last save", times.median, limits.medianMs, "ms")]),
          atMost("reloads of a burst, at most", most, limits.reloads, ""),
        ],
      },
    ];
  },
};

/** Such as `1 (14×), 2 (1×)`. */
function reloadsText(reloads: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const count of reloads) counts.set(count, (counts.get(count) ?? 0) + 1);
  if (counts.size === 1) return String(reloads[0]);
  return [...counts].map(([count, times]) => `${count} (${times}×)`).join(", ");
}

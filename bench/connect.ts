/** How long a client that connects over HTTP waits for the answer to `initialize`. */
import type { Benchmark } from "./support/benchmark.ts";
import { HttpClient } from "./support/http-client.ts";
import { atLeast } from "./support/report.ts";
import { bare, mcpDev, startHttp } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";

const timesFaster = 5;

export const connect: Benchmark = {
  about: "the first initialize of a client, HTTP",
  run: async ({ stage, node, saves, progress }) => {
    const runs = [];
    for (const runner of [mcpDev(), bare]) {
      progress(`starting ${runner.name}`);
      runs.push({ ...(await startHttp(stage, node, runner)), times: [] as number[] });
    }
    for (let round = 1; round <= saves; round++) {
      for (const { runner, port, times } of runs) {
        progress(`client ${round} of ${saves}, ${runner}`);
        await stage.idle();
        const client = new HttpClient({ port });
        const startedAt = performance.now();
        await client.initialize();
        times.push(performance.now() - startedAt);
        client.close();
      }
    }
    await stage.close();
    const rows = runs.map(({ runner, times }) => ({ runner, ...summarize(times) }));
    const [own, other] = rows;
    return [
      {
        title: `connect: a new client's initialize over HTTP (${saves} clients, ms)`,
        notes: ["A new connection each time, in turn; the server has served a client before."],
        columns: ["server", "median", "min", "p95", "max"],
        rows: rows.map(({ runner, median, min, p95, max }) => [runner, median, min, p95, max]),
        musts:
          own === undefined || other === undefined
            ? []
            : [atLeast("times faster than the server bare", other.median / own.median, timesFaster, "")],
      },
    ];
  },
};

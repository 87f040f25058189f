/** What the endpoint adds to a call, and what it leaves of the server's throughput. */
import type { Benchmark } from "./support/benchmark.ts";
import { connectClients, throughput, timeCalls } from "./support/calls.ts";
import { atLeast, atMost } from "./support/report.ts";
import { bare, mcpDev, startHttp } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";

const rounds = 10;
const callsPerRound = 300;
/** Node compiles what has run some thousand times; before, it does that beside the calls. */
const warmUpCalls = 3000;
const callers = 16;
const throughputMs = 1500;
const limits = { addedMs: 0.5, throughputOfBare: 0.9 } as const;

export const latency: Benchmark = {
  about: "what the endpoint adds to a call; throughput of 16 callers",
  run: async ({ stage, node, progress }) => {
    const subjects = [];
    for (const runner of [bare, mcpDev(), mcpDev("mcp dev --no-log", ["--no-log"])]) {
      progress(`starting ${runner.name}`);
      const { client, port } = await startHttp(stage, node, runner);
      const clients = await connectClients(port, callers);
      progress(`warming up ${runner.name}`);
      await throughput(clients, throughputMs);
      await timeCalls(client, warmUpCalls);
      subjects.push({ name: runner.name, client, clients, times: [] as number[], perSecond: [] as number[] });
    }
    await stage.idle(1000);
    for (let round = 1; round <= rounds; round++) {
      for (const { name, client, times } of subjects) {
        progress(`one caller, round ${round} of ${rounds}, ${name}`);
        times.push(...(await timeCalls(client, callsPerRound)));
      }
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { name, clients, perSecond } of subjects) {
        progress(`${callers} callers, round ${round} of ${rounds}, ${name}`);
        perSecond.push(await throughput(clients, throughputMs));
      }
    }
    await stage.close();
    const measured = subjects.map(({ name, times, perSecond }) => ({
      name,
      call: summarize(times),
      perSecond: summarize(perSecond),
    }));
    const [bareOne] = measured;
    if (bareOne === undefined) return [];
    return [
      {
        title: `latency: one call at a time (${rounds} × ${callsPerRound} calls, ms); ${callers} callers at once`,
        notes: [
          `HTTP, connections kept open, all servers in turn in each round, after ${warmUpCalls} calls of each.`,
        ],
        columns: ["server", "median", "min", "p95", "added", "calls/s", "least", "most", "of bare"],
        rows: measured.map(({ name, call, perSecond }) => [
          name,
          call.median,
          call.min,
          call.p95,
          name === bareOne.name ? "" : call.median - bareOne.call.median,
          perSecond.median.toFixed(0),
          perSecond.min.toFixed(0),
          perSecond.max.toFixed(0),
          name === bareOne.name ? "" : perSecond.median / bareOne.perSecond.median,
        ]),
        musts: measured
          .slice(1)
          .flatMap(({ name, call, perSecond }) => [
            atMost(`added to a call, ${name}`, call.median - bareOne.call.median, limits.addedMs, "ms"),
            atLeast(
              `throughput of the bare server's, ${name}`,
              perSecond.median / bareOne.perSecond.median,
              limits.throughputOfBare,
              "",
            ),
          ]),
      },
    ];
  },
};

/** How long a client that starts its server over stdio waits for the answer to `initialize`. */
import type { Benchmark } from "./support/benchmark.ts";
import { atMost } from "./support/report.ts";
import { bare, mcpDevStdio } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";
import { StdioClient } from "./support/stdio-client.ts";

const timesBare = 1;
const answerTimeoutMs = 60_000;
/** Files that no process has read yet are read from the disk. */
const warmUps = 1;

export const spawn: Benchmark = {
  about: "spawn → initialize answered, stdio",
  run: async ({ stage, node, saves, progress }) => {
    const folder = await stage.project("fastmcp");
    const subjects = [
      { name: "mcp dev --stdio", args: mcpDevStdio, times: [] as number[] },
      { name: bare.name, args: bare.args({ node, port: 0 }), times: [] as number[] },
    ];
    for (let round = 1 - warmUps; round <= saves; round++) {
      for (const { name, args, times } of subjects) {
        progress(`start ${Math.max(0, round)} of ${saves}, ${name}`);
        await stage.idle(200);
        const env = { FASTMCP_TRANSPORT: "stdio" };
        const startedAt = performance.now();
        const started = await stage.start(node, args, { cwd: folder, env, stdin: "pipe", stdout: "pipe" });
        await new StdioClient(started.process).initialize(answerTimeoutMs);
        if (round >= 1) times.push(performance.now() - startedAt);
        await stage.end(started);
      }
    }
    await stage.close();
    const rows = subjects.map(({ name, times }) => ({ name, ...summarize(times) }));
    const [own, other] = rows;
    return [
      {
        title: `spawn: start of the process → initialize answered over stdio (${saves} starts, ms)`,
        notes: ["In turn, one process at a time."],
        columns: ["command", "median", "min", "p95", "max"],
        rows: rows.map(({ name, median, min, p95, max }) => [name, median, min, p95, max]),
        musts:
          own === undefined || other === undefined
            ? []
            : [atMost("times the bare server", own.median / other.median, timesBare, "")],
      },
    ];
  },
};

/** Saves again and again under load: is any call lost? */
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "./support/benchmark.ts";
import { HttpClient } from "./support/http-client.ts";
import { ReloadRecords } from "./support/reload-records.ts";
import { atLeast, atMost } from "./support/report.ts";
import { mcpDev, startHttp } from "./support/runners.ts";
import { summarize } from "./support/statistics.ts";
import { greet } from "./support/stage.ts";

const sessionCount = 10;
const callsPerSecond = 50;
const reloadsWanted = { usual: 30, full: 200 } as const;
/** Between a reload and the next save: sometimes before the next child is warm. */
const pausesMs = [200, 400, 600, 800] as const;
const reloadTimeoutMs = 15_000;

export const loss: Benchmark = {
  about: `reloads under ${callsPerSecond} calls a second (${reloadsWanted.usual}; --full: ${reloadsWanted.full})`,
  run: async ({ stage, node, full, progress }) => {
    const wanted = full ? reloadsWanted.full : reloadsWanted.usual;
    let records: ReloadRecords | undefined;
    const { folder, port } = await startHttp(stage, node, mcpDev("mcp dev", ["--json"]), {
      stdout: "pipe",
      onStarted: ({ process }) => (records = new ReloadRecords(process.stdout)),
    });
    const traffic = await Traffic.start(port);
    for (let reload = 1; reload <= wanted; reload++) {
      progress(`reload ${reload} of ${wanted}`);
      greet(folder, `V${reload}!`);
      await Promise.race([records?.until(reload + 1), sleep(reloadTimeoutMs, undefined, { ref: false })]);
      await sleep(pausesMs[reload % pausesMs.length]);
    }
    await traffic.stop();
    await stage.close();
    const { times, failures } = traffic;
    const reloads = (records?.serving ?? 1) - 1;
    const summary = summarize(times);
    return [
      {
        title: `loss: ${wanted} saves under ${callsPerSecond} calls a second from ${sessionCount} sessions (ms)`,
        notes: [
          "Half of the calls take 100 ms in the server, so that some are always in flight.",
          "A save comes 200 to 800 ms after the reload before, so that some find the next child not yet warm.",
          ...[...new Set(failures)].slice(0, 5).map((why) => `failed: ${why.slice(0, 90)}`),
        ],
        columns: ["runner", "reloads", "calls", "failed", "median", "p95", "slowest"],
        rows: [
          [
            "mcp dev",
            reloads,
            times.length + failures.length,
            failures.length,
            summary.median,
            summary.p95,
            summary.max,
          ],
        ],
        musts: [
          atMost("calls failed or lost", failures.length, 0, ""),
          atLeast("reloads", reloads, wanted, ""),
        ],
      },
    ];
  },
};

/** Calls at a steady pace, whether the ones before are answered or not. */
class Traffic {
  readonly times: number[] = [];
  readonly failures: string[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];

  static async start(port: number): Promise<Traffic> {
    const traffic = new Traffic();
    const periodMs = (1000 * sessionCount) / callsPerSecond;
    for (let session = 0; session < sessionCount; session++) {
      const name = session % 2 === 0 ? "greet" : "greetSlowly";
      const client = new HttpClient({ port, tool: { name, arguments: { name: "you" } } });
      await client.connect();
      await sleep(periodMs / sessionCount);
      traffic.#timers.push(setInterval(() => traffic.#call(client), periodMs));
    }
    return traffic;
  }

  /** Resolves when every call is answered or lost. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#pending);
  }

  #call(client: HttpClient): void {
    const startedAt = performance.now();
    const call = client.call().then(
      () => void this.times.push(performance.now() - startedAt),
      (error: unknown) => void this.failures.push(String(error)),
    );
    this.#pending.add(call);
    void call.then(() => this.#pending.delete(call));
  }
}

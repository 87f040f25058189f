/** How many records a second become lines for a person. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { Benchmark } from "./support/benchmark.ts";
import { peersFolder } from "./support/peers.ts";
import type { Rendering } from "./support/rendering.ts";
import { atLeast } from "./support/report.ts";

const limits = { linesPerSecond: 150_000, timesPinoPretty: 5 } as const;

export const pretty: Benchmark = {
  about: "records → pretty lines, beside pino-pretty",
  run: async ({ stage, node, progress }) => {
    const folder = await stage.folder();
    const outfile = join(folder, "rendering.mjs");
    progress("bundling");
    await build({
      entryPoints: [join(import.meta.dirname, "support/rendering.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20.19",
      format: "esm",
      logLevel: "error",
    });
    progress("rendering");
    const { stdout } = await promisify(execFile)(node, [outfile, peersFolder]);
    const results = JSON.parse(stdout) as readonly Rendering[];
    await stage.close();
    const rate = (wanted: string): Rendering | undefined => results.find(({ name }) => name === wanted);
    const [own, peer] = [rate("mcp inspect"), rate("pino-pretty, the same records")];
    return [
      {
        title: `pretty: ${own?.records ?? 0} records in memory → coloured lines (median of several runs)`,
        notes: [
          "A request and its answer are two records and one line; pino-pretty makes one of each.",
          "Records that pino wrote: a message and five fields, as a server has them that logs its calls with pino.",
          "From text: the same, with the reading of the file's lines.",
        ],
        columns: ["renderer", "records/s", "lines/s"],
        rows: results.map(({ name, records, lines, ms }) => [
          name,
          ((records * 1000) / ms).toFixed(0),
          ((lines * 1000) / ms).toFixed(0),
        ]),
        musts:
          own === undefined || peer === undefined
            ? []
            : [
                atLeast("lines a second", Math.round((own.lines * 1000) / own.ms), limits.linesPerSecond, ""),
                atLeast("records a second, times pino-pretty", peer.ms / own.ms, limits.timesPinoPretty, ""),
              ],
      },
    ];
  },
};

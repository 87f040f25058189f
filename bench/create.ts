/** How long a scaffolder takes to write a project, and what has to be fetched before it can. */
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Benchmark } from "./support/benchmark.ts";
import { installAlone, pack, weigh } from "./support/footprint.ts";
import { wantedPeers } from "./support/peers.ts";
import { atMost } from "./support/report.ts";
import { summarize } from "./support/statistics.ts";

const own = "create-fastmcp";
/** Beyond the start of Node itself. */
const beyondNodeMs = 300;
const warmUps = 1;

/** Each in its default, of TypeScript, and without an install: that is the package manager's time. */
const scaffolders = [
  {
    name: own,
    script: "bin/create-fastmcp.js",
    args: (folder: string) => [folder, "--yes", "--no-install", "--no-git"],
  },
  {
    name: "create-vite",
    script: "index.js",
    args: (folder: string) => [folder, "--template", "vanilla-ts", "--no-interactive"],
  },
  {
    name: "create-xmcp-app",
    script: "index.js",
    args: (folder: string) => [folder, "--yes", "--skip-install", "--http"],
  },
];

export const create: Benchmark = {
  about: "spawn → a written project, and what npm fetches for it",
  run: async ({ stage, node, saves, progress }) => {
    const folder = await stage.folder();
    const tarball = pack(join(import.meta.dirname, ".."), folder);
    const subjects = scaffolders.map(({ name, script, args }) => {
      progress(`installing ${name}`);
      const home = join(folder, "installed", name);
      const version = wantedPeers()[name];
      installAlone(home, name === own ? tarball.file : `${name}@${version ?? ""}`);
      const footprint = weigh(home, name === own ? { name, bytes: tarball.bytes } : undefined);
      const path = join(home, "node_modules", name, script);
      return { name, footprint, command: (to: string) => [path, ...args(to)], times: [] as number[] };
    });
    const bare = { name: "node -e 0", command: () => ["-e", "0"], times: [] as number[] };
    for (let round = 1 - warmUps; round <= saves; round++) {
      for (const { name, command, times } of [...subjects, bare]) {
        progress(`project ${Math.max(0, round)} of ${saves}, ${name}`);
        const startedAt = performance.now();
        const started = await stage.start(node, command(`p${round + warmUps}-${name}`), { cwd: folder });
        const [code] = (await once(started.process, "exit")) as [number | null];
        if (code !== 0) throw new Error(`${name} failed:\n${started.output()}`);
        if (round >= 1) times.push(performance.now() - startedAt);
        await stage.end(started);
      }
    }
    const rows = await Promise.all(
      subjects.map(async ({ name, footprint, times }) => {
        const written = await readdir(join(folder, `p1-${name}`), { recursive: true, withFileTypes: true });
        const files = written.filter((entry) => entry.isFile()).length;
        return { name, ...summarize(times), ...footprint, files };
      }),
    );
    const bareMs = summarize(bare.times).median;
    const [ours] = rows;
    return [
      {
        title: `create: start of the process → its end, a project written (${saves} projects, ms)`,
        notes: [
          "Nothing is installed in the project. Fetched: the scaffolder's packages as npm has to download them for `npm create`.",
        ],
        columns: ["scaffolder", "median", "min", "p95", "max", "fetched kB", "packages", "files written"],
        rows: [
          ...rows.map(({ name, median, min, p95, max, downloadBytes, packages, files }) => [
            ...[name, median, min, p95, max],
            ...[Math.round(downloadBytes / 1000), packages, files],
          ]),
          (({ median, min, p95, max }) => [bare.name, median, min, p95, max, "", "", ""])(
            summarize(bare.times),
          ),
        ],
        musts:
          ours === undefined
            ? []
            : [atMost("beyond Node's own start", ours.median - bareMs, beyondNodeMs, "ms")],
      },
    ];
  },
};

/** What a save costs with many sessions connected, and the memory that they take in the runner itself. */
import type { Benchmark } from "./support/benchmark.ts";
import { HttpClient } from "./support/http-client.ts";
import { residentMiB } from "./support/processes.ts";
import { atMost } from "./support/report.ts";
import { mcpDev, startHttp, type HttpRun } from "./support/runners.ts";
import { answeredOverHttp, measureSaves } from "./support/saves.ts";
import { greet } from "./support/stage.ts";

const many = 500;
const connectedAtOnce = 8;
const limits = { timesOne: 1.5, residentMiB: 120 } as const;

type Subject = { readonly name: string; readonly sessions: number; readonly stream: boolean };

const subjects: readonly Subject[] = [
  { name: "1 session", sessions: 1, stream: true },
  { name: `${many} sessions, each with a stream`, sessions: many, stream: true },
  { name: `${many} sessions without streams`, sessions: many, stream: false },
];

export const sessions: Benchmark = {
  about: `save → the new code answers with ${many} sessions connected; memory`,
  run: async ({ stage, node, saves, progress }) => {
    const runs: (Subject & { run: HttpRun; residentBefore: number | undefined })[] = [];
    for (const subject of subjects) {
      progress(`connecting ${subject.name}`);
      const run = await startHttp(stage, node, mcpDev(subject.name));
      await connectMany(run.port, subject.sessions - 1, subject.stream);
      await stage.idle(500);
      runs.push({ ...subject, run, residentBefore: residentMiB(run.started.pid) });
    }
    const measured = await measureSaves(
      stage,
      runs.map(({ name, run }) => ({
        name,
        save: (word) => greet(run.folder, word),
        answered: (word) => answeredOverHttp(run.client, word),
      })),
      saves,
      progress,
    );
    await stage.idle(500);
    const resident = runs.map(({ run }) => residentMiB(run.started.pid));
    await stage.close();
    const one = measured[0]?.times?.median;
    return [
      {
        title: `sessions: save → one of them is answered by the new code (${saves} saves, ms)`,
        notes: ["mcp dev over HTTP. Memory is the runner's own process, without the server's."],
        columns: [
          "connected",
          "median",
          "min",
          "p95",
          "max",
          "× one",
          "MiB connected",
          "MiB after all saves",
        ],
        rows: measured.map(({ name, times }, index) => [
          name,
          ...(times === undefined ? ["—", "—", "—", "—"] : [times.median, times.min, times.p95, times.max]),
          one === undefined || times === undefined ? "—" : times.median / one,
          rounded(runs[index]?.residentBefore),
          rounded(resident[index]),
        ]),
        musts: runs.flatMap(({ name, sessions: count }, index) => {
          const median = measured[index]?.times?.median;
          const memory = resident[index];
          if (count === 1 || one === undefined || median === undefined) return [];
          return [
            atMost(`times the figure of one, ${name}`, median / one, limits.timesOne, ""),
            ...(memory === undefined ? [] : [atMost(`memory, ${name}`, memory, limits.residentMiB, "MiB")]),
          ];
        }),
      },
    ];
  },
};

async function connectMany(port: number, count: number, stream: boolean): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await new HttpClient({ port }).connect({ stream });
  };
  await Promise.all(Array.from({ length: connectedAtOnce }, worker));
}

function rounded(memory: number | undefined): string {
  return memory === undefined ? "—" : memory.toFixed(0);
}

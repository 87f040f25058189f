/** `mcp inspect` on a log of 1 GiB: the last records, those since a moment, all errors. */
import { join } from "node:path";
import type { Benchmark, Setting } from "./support/benchmark.ts";
import { spanMs, writeLargeLog, type LargeLog } from "./support/large-log.ts";
import { ownBin, peakResidentMiB, runAtTerminal, runIntoPipe, type Run } from "./support/programs.ts";
import { atMost, type Must, type Report } from "./support/report.ts";
import { summarize, type Summary } from "./support/statistics.ts";

const logBytes = 2 ** 30;
const rounds = 9;
const scanRounds = 3;
/** jq takes long: it is shown a part, and what that takes is multiplied. */
const jqShare = 16;
const limits = { beyondNodeMs: 150, residentMiB: 120, errorsMs: 2500 } as const;

type Subject = { readonly name: string; readonly args: readonly string[]; readonly mustBeQuick: boolean };
type Measured = Subject & {
  readonly times: Summary;
  readonly outputBytes: number;
  readonly peakMiB: number | undefined;
};

export const inspect: Benchmark = {
  about: "mcp inspect on a log of 1 GiB",
  run: async (setting) => {
    const folder = await setting.stage.folder();
    setting.progress("writing a log of 1 GiB");
    const log = await writeLargeLog(join(folder, "large.jsonl"), logBytes);
    const part = await writeLargeLog(join(folder, "part.jsonl"), logBytes / jqShare);
    const reports = [await commands(setting, log, folder), await scans(setting, log, part, folder)];
    await setting.stage.close();
    return reports;
  },
};

async function commands({ node, progress }: Setting, log: LargeLog, cwd: string): Promise<Report> {
  const middle = new Date(Date.now() - spanMs / 2).toISOString();
  const behind = new Date(Date.parse(middle) + 600_000).toISOString();
  const own = (...flags: string[]): readonly string[] => [
    ownBin,
    "inspect",
    log.path,
    "--no-follow",
    ...flags,
  ];
  const subjects: Subject[] = [
    { name: "node -e 0", args: ["-e", "0"], mustBeQuick: false },
    { name: "-n 50", args: own("-n", "50"), mustBeQuick: true },
    { name: "-n 50 -x", args: own("-n", "50", "-x"), mustBeQuick: true },
    { name: "--since 10m", args: own("--since", "10m"), mustBeQuick: true },
    { name: "--since 1d -n 50", args: own("--since", "1d", "-n", "50"), mustBeQuick: true },
    { name: "10 minutes of yesterday", args: own("--since", middle, "--until", behind), mustBeQuick: true },
  ];
  const runs = subjects.map((): Run[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { name, args }] of subjects.entries()) {
      progress(`round ${round} of ${rounds}, ${name}`);
      const run = await runAtTerminal({ command: node, args, cwd });
      if (round > 0) runs[index]?.push(run);
    }
  }
  const measured: Measured[] = [];
  for (const [index, subject] of subjects.entries()) {
    const times = summarize((runs[index] ?? []).map(({ ms }) => ms));
    const outputBytes = runs[index]?.[0]?.outputBytes ?? 0;
    measured.push({
      ...subject,
      times,
      outputBytes,
      peakMiB: await peakResidentMiB(node, { args: subject.args, cwd }),
    });
  }
  const nodeMs = measured[0]?.times.median ?? NaN;
  return {
    title: `inspect: the whole command on a log of 1 GiB, at a terminal (${rounds} runs, ms)`,
    notes: [
      `${log.lines} records of ${spanMs / 86_400_000} days, in the page cache; --no-follow; in turn.`,
      "Peak: VmHWM of the process at its end, of a run of its own into /dev/null.",
    ],
    columns: ["command", "median", "min", "p95", "beyond node", "output KiB", "peak MiB"],
    rows: measured.map(({ name, times, outputBytes, peakMiB }) => [
      name,
      times.median,
      times.min,
      times.p95,
      times.median - nodeMs,
      Math.round(outputBytes / 1024),
      peakMiB ?? "unknown",
    ]),
    musts: measured.filter(({ mustBeQuick }) => mustBeQuick).flatMap(mustsOf(nodeMs)),
  };
}

function mustsOf(nodeMs: number): (measured: Measured) => Must[] {
  return ({ name, times, peakMiB }) => [
    atMost(`beyond node, ${name}`, times.median - nodeMs, limits.beyondNodeMs, "ms"),
    ...(peakMiB === undefined ? [] : [atMost(`resident, ${name}`, peakMiB, limits.residentMiB, "MiB")]),
  ];
}

async function scans(
  { node, progress }: Setting,
  log: LargeLog,
  part: LargeLog,
  cwd: string,
): Promise<Report> {
  const inspectArgs = [ownBin, "inspect", log.path, "--no-follow", "-n", "all", "--errors"];
  const ownMs: number[] = [];
  for (let round = 1; round <= scanRounds; round++) {
    progress(`errors, round ${round} of ${scanRounds}`);
    ownMs.push((await runIntoPipe({ command: node, args: inspectArgs, cwd }))?.ms ?? NaN);
  }
  const times = summarize(ownMs);
  progress("errors, grep and jq");
  const grep = await runIntoPipe({ command: "grep", args: ["-F", '"error.type":', log.path], cwd });
  const jq = await runIntoPipe({ command: "jq", args: ["-c", 'select(."error.type")', part.path], cwd });
  return {
    title: `inspect: all ${log.errors} errors of a log of 1 GiB, into a pipe (${scanRounds} runs, ms)`,
    notes: [`grep: one run, finds text only. jq: one run on 1/${jqShare} of the log, times ${jqShare}.`],
    columns: ["command", "median", "min", "max"],
    rows: [
      ["mcp inspect --errors -n all --no-follow", times.median, times.min, times.max],
      grep === undefined ? ["grep: not installed", "", "", ""] : [`grep -F '"error.type":'`, grep.ms, "", ""],
      jq === undefined
        ? ["jq: not installed", "", "", ""]
        : [`jq 'select(."error.type")'`, jq.ms * jqShare, "", ""],
    ],
    musts: [atMost("all errors of 1 GiB", times.median, limits.errorsMs, "ms")],
  };
}

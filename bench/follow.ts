/** How long it takes from a record to its line on another terminal. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn, type IPty } from "@lydell/node-pty";
import type { RecordInput } from "../src/log/record.ts";
import { openSessionLog, type SessionLog } from "../src/log/writer.ts";
import type { Benchmark } from "./support/benchmark.ts";
import { ownBin, terminalOptions } from "./support/programs.ts";
import { atMost } from "./support/report.ts";
import { percentile, summarize } from "./support/statistics.ts";

const events = 300;
const eventsWithoutWatch = 30;
const warmUps = 20;
const limits = { medianMs: 5, p99Ms: 50, withoutWatchMs: 250 } as const;
const giveUpMs = 10_000;
/** Between the records of a busy server. */
const busyPauseMs = 3;

/** Loaded before the program: a system that has no events of files to give. */
const withoutWatch = (body: string): readonly string[] => {
  const script = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module"; fs.watch = () => { ${body} }; syncBuiltinESMExports();`;
  return ["--import", `data:text/javascript,${encodeURIComponent(script)}`];
};
const throws = withoutWatch("throw new Error('ENOSPC')");
const silent = withoutWatch("return { on() {}, close() {} }");

type Subject = {
  readonly name: string;
  readonly events: number;
  /** Other records are written meanwhile. */
  readonly isBusy: boolean;
  readonly mustBe: "quick" | "no later than a poll" | "whatever";
  readonly log: SessionLog;
  readonly terminal: IPty;
  readonly shown: Shown;
  readonly times: number[];
};

export const follow: Benchmark = {
  about: "record → line on another terminal",
  run: async ({ stage, node, progress }) => {
    const subjects: Subject[] = [];
    const add = async (
      name: string,
      mustBe: Subject["mustBe"],
      commandOf: (file: string) => readonly [command: string, args: readonly string[]],
      isBusy = false,
    ): Promise<void> => {
      progress(`starting ${name}`);
      const folder = await stage.folder();
      const log = openSessionLog({ directory: join(folder, "sessions"), payloads: true });
      const [command, args] = commandOf(log.file);
      const terminal = spawn(command, [...args], { cwd: folder, ...terminalOptions });
      const count = mustBe === "no later than a poll" ? eventsWithoutWatch : events;
      const shown = new Shown(terminal);
      subjects.push({ name, events: count, isBusy, mustBe, log, terminal, shown, times: [] });
    };
    const inspectWith = (flags: readonly string[]) => (file: string) =>
      [node, [...flags, ownBin, "inspect", file]] as const;
    try {
      await add("mcp inspect", "quick", inspectWith([]));
      await add("mcp inspect, a busy server", "quick", inspectWith([]), true);
      if (process.platform !== "win32") await add("tail -F", "whatever", (file) => ["tail", ["-F", file]]);
      await add("mcp inspect, fs.watch throws", "no later than a poll", inspectWith(throws));
      await add("mcp inspect, fs.watch says nothing", "no later than a poll", inspectWith(silent));
      for (const { log, shown } of subjects) await firstLine(log, shown);
      for (let event = 1 - warmUps; event <= events; event++) {
        progress(`event ${Math.max(0, event)} of ${events}`);
        for (const { log, shown, times, events: count, isBusy } of subjects) {
          if (event > count) continue;
          const others = isBusy ? setInterval(() => log.record(output("x")), busyPauseMs) : undefined;
          // Somewhere between two polls.
          await sleep(5 + Math.random() * (count < events ? 300 : 20));
          const ms = await record(log, shown).finally(() => clearInterval(others));
          if (event >= 1) times.push(ms);
        }
      }
    } finally {
      for (const { terminal } of subjects) terminal.kill("SIGKILL");
      await Promise.all(subjects.map(({ log }) => log.close()));
      await stage.close();
    }
    const measured = subjects.map(({ times, ...subject }) => ({
      ...subject,
      ...summarize(times),
      p99: percentile(times, 0.99),
    }));
    return [
      {
        title: `follow: a record of the session log → its line on another terminal (${events} records, ms)`,
        notes: [
          "Written by the session log, one at a time; read from a pseudo-terminal; all programs follow a log of their own.",
          `A busy server: another record every ${busyPauseMs} ms. Without events of files: ${eventsWithoutWatch} records.`,
        ],
        columns: ["program", "median", "min", "p95", "p99", "max"],
        rows: measured.map(({ name, median, min, p95, p99, max }) => [name, median, min, p95, p99, max]),
        musts: measured.flatMap(({ name, mustBe, median, p99, max }) => {
          if (mustBe === "quick")
            return [
              atMost(`median, ${name}`, median, limits.medianMs, "ms"),
              atMost(`p99, ${name}`, p99, limits.p99Ms, "ms"),
            ];
          return mustBe === "whatever" ? [] : [atMost(`latest, ${name}`, max, limits.withoutWatchMs, "ms")];
        }),
      },
    ];
  },
};

/** Waits for a text on a terminal. */
class Shown {
  #seen = "";
  #wanted: { readonly text: string; readonly found: () => void } | undefined;

  constructor(terminal: IPty) {
    terminal.onData((data) => {
      if (this.#wanted === undefined) return;
      this.#seen += data;
      if (this.#seen.includes(this.#wanted.text)) this.#wanted.found();
    });
  }

  /** What came since the last look. */
  get text(): string {
    return this.#seen;
  }

  /** @returns false if it did not come in time. */
  async see(text: string, timeoutMs: number): Promise<boolean> {
    this.#seen = "";
    const isFound = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs, false);
      const found = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#wanted = { text, found };
    });
    this.#wanted = undefined;
    return isFound;
  }
}

const output = (body: string): RecordInput => ({ kind: "output", stream: "stderr", body });
let count = 0;

/** Milliseconds until the record is on the terminal. */
async function record(log: SessionLog, shown: Shown, timeoutMs = giveUpMs): Promise<number> {
  const body = `event ${(count += 1)}.`;
  const startedAt = performance.now();
  log.record(output(body));
  if (!(await shown.see(body, timeoutMs))) throw new Error(`${body} was not shown`);
  return performance.now() - startedAt;
}

/** A program that has just been started may miss what happens meanwhile, or show it as history. */
async function firstLine(log: SessionLog, shown: Shown): Promise<void> {
  for (let attempt = 1; attempt < 20; attempt++) {
    const isShown = await record(log, shown, 500).catch(() => undefined);
    if (isShown !== undefined) return;
  }
  throw new Error(`nothing was shown but ${JSON.stringify(shown.text)}`);
}

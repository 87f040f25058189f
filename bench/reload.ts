/** Save → the new code answers: in the same session where the runner keeps it, else in a new one. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Benchmark, Setting } from "./support/benchmark.ts";
import { atLeast, atMost, type Must, type Report } from "./support/report.ts";
import {
  createCommand,
  mcpDev,
  mcpDevStdio,
  mcpUse,
  nodemon,
  nodeWatch,
  startHttp,
  tsxWatch,
  xmcp,
  type Runner,
} from "./support/runners.ts";
import {
  answeredOverHttp,
  answeredOverStdio,
  measureSaves,
  type Measured,
  type Subject,
} from "./support/saves.ts";
import { greet, type Stage } from "./support/stage.ts";
import { StdioClient } from "./support/stdio-client.ts";

const limits = { medianMs: 75, p95Ms: 150, timesFasterThanTsx: 20 } as const;
const created = "mcp dev, created project";

export const reload: Benchmark = {
  about: "save → the new code answers, one session",
  run: async (setting) => [await overHttp(setting), await overStdio(setting)],
};

async function overHttp({ stage, node, saves, progress }: Setting): Promise<Report> {
  const subjects: Subject[] = [];
  for (const runner of [mcpDev(), mcpUse, xmcp, tsxWatch, nodemon, nodeWatch]) {
    progress(`starting ${runner.name}`);
    subjects.push(await httpSubject(stage, node, runner));
  }
  progress(`starting ${created}`);
  subjects.push(await createdSubject(stage, node));
  const measured = await measureSaves(stage, subjects, saves, progress);
  await stage.close();
  const own = find(measured, "mcp dev");
  const peer = find(measured, mcpUse.name);
  const tsx = find(measured, tsxWatch.name);
  return {
    title: `reload, HTTP: save → the new code answers (${saves} saves, ms)`,
    notes: [
      "In the same session where the runner keeps it, else in a new session; “none”: it has no sessions.",
      "One client calls without end, 2 ms apart. All runners in turn, each when all are idle.",
    ],
    columns,
    rows: measured.map((one) =>
      row(one, one.newSessions > 0 ? "lost" : hasSessions(one.name) ? "kept" : "none"),
    ),
    musts: [
      ...ownMusts("HTTP", own),
      ...(own && peer ? [atMost(`median, HTTP, beside ${mcpUse.name}`, own.median, peer.median, "ms")] : []),
      ...(own && tsx
        ? [
            atLeast(
              `times faster than ${tsxWatch.name}`,
              tsx.median / own.median,
              limits.timesFasterThanTsx,
              "",
            ),
          ]
        : []),
    ],
  };
}

const columns = ["runner", "median", "min", "p95", "max", "session", "failed calls", "never"];

function row(
  { name, times, failedCalls, unanswered }: Measured,
  session: string,
): readonly (string | number)[] {
  const figures =
    times === undefined ? ["—", "—", "—", "—"] : [times.median, times.min, times.p95, times.max];
  return [name, ...figures, session, failedCalls, unanswered];
}

function hasSessions(name: string): boolean {
  return name !== mcpUse.name && name !== xmcp.name;
}

function find(measured: readonly Measured[], name: string): Measured["times"] {
  return measured.find((one) => one.name === name)?.times;
}

function ownMusts(transport: string, own: Measured["times"]): Must[] {
  if (own === undefined) return [];
  return [
    atMost(`median, ${transport}`, own.median, limits.medianMs, "ms"),
    atMost(`p95, ${transport}`, own.p95, limits.p95Ms, "ms"),
  ];
}

async function httpSubject(stage: Stage, node: string, runner: Runner): Promise<Subject> {
  const { folder, client } = await startHttp(stage, node, runner);
  return {
    name: runner.name,
    save: (word) => greet(folder, word),
    answered: (word) => answeredOverHttp(client, word),
  };
}

/** What `npm create fastmcp` makes, with one of its tools edited. */
async function createdSubject(stage: Stage, node: string): Promise<Subject> {
  const folder = join(await stage.folder(), "my-server");
  const { status, stderr } = spawnSync(
    process.execPath,
    [createCommand, folder, "--yes", "--no-install", "--no-git"],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the project could not be created:\n${stderr}`);
  await stage.installPeers(folder);
  const token = parseEnv(readFileSync(join(folder, ".env"), "utf8"))["MCP_ADMIN_TOKEN"];
  if (token === undefined) throw new Error("the created project has no token");
  const runner = mcpDev(created);
  const tool = { name: "whoami", arguments: {} };
  const { client } = await startHttp(stage, node, runner, { folder, token, tool });
  const file = join(folder, "src/tools/whoami.ts");
  const text = readFileSync(file, "utf8");
  return {
    name: created,
    save: (word) =>
      writeFileSync(file, text.replace("JSON.stringify({", `JSON.stringify({ edited: "${word}",`)),
    answered: (word) => answeredOverHttp(client, word),
  };
}

/** What a client that starts its server itself would start. */
const stdioRunners: readonly { readonly name: string; readonly args: (node: string) => readonly string[] }[] =
  [
    { name: "mcp dev", args: () => mcpDevStdio },
    ...[nodeWatch, nodemon, tsxWatch].map(({ name, args }) => ({
      name,
      args: (node: string) => args({ node, port: 0 }),
    })),
  ];

/** A runner that does not answer at all is not waited for any longer. */
const firstAnswerTimeoutMs = 10_000;

async function overStdio({ stage, node, saves, progress }: Setting): Promise<Report> {
  const subjects: Subject[] = [];
  const silent: string[] = [];
  for (const { name, args } of stdioRunners) {
    progress(`starting ${name}, stdio`);
    const folder = await stage.project("fastmcp");
    const env = { FASTMCP_TRANSPORT: "stdio" };
    const started = await stage.start(node, args(node), { cwd: folder, env, stdin: "pipe", stdout: "pipe" });
    const client = new StdioClient(started.process);
    try {
      await client.initialize(firstAnswerTimeoutMs);
      await client.call(firstAnswerTimeoutMs);
      subjects.push({
        name,
        save: (word) => greet(folder, word),
        answered: (word) => answeredOverStdio(client, word),
      });
    } catch {
      silent.push(name);
      await stage.end(started);
    }
  }
  const measured = await measureSaves(stage, subjects, saves, progress);
  await stage.close();
  return {
    title: `reload, stdio: save → the new code answers through the same pipe (${saves} saves, ms)`,
    notes: [
      "A call that is not answered within 100 ms counts as failed, and the next one is sent.",
      ...silent.map((name) => `${name} is left out: the server behind it never answered over stdio.`),
    ],
    columns: columns.filter((column) => column !== "session"),
    rows: measured.map((one) => row(one, "").filter((cell) => cell !== "")),
    musts: ownMusts("stdio", find(measured, "mcp dev")),
  };
}

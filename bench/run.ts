/** `npm run bench`: runs the benchmarks that are named, or all, and prints a table for each. */
import { parseArgs } from "node:util";
import { burst } from "./burst.ts";
import { connect } from "./connect.ts";
import { follow } from "./follow.ts";
import { inspect } from "./inspect.ts";
import { create } from "./create.ts";
import { latency } from "./latency.ts";
import { log } from "./log.ts";
import { loss } from "./loss.ts";
import { pretty } from "./pretty.ts";
import { reload } from "./reload.ts";
import { sessions } from "./sessions.ts";
import { spawn } from "./spawn.ts";
import type { Benchmark } from "./support/benchmark.ts";
import { describeMachine, drawMachine } from "./support/machine.ts";
import { ensurePeers } from "./support/peers.ts";
import { Stage } from "./support/stage.ts";
import { drawReport } from "./support/table.ts";

const benchmarks: Readonly<Record<string, Benchmark>> = {
  reload,
  burst,
  sessions,
  loss,
  connect,
  spawn,
  latency,
  log,
  follow,
  inspect,
  pretty,
  create,
};

const help = `npm run bench                    all benchmarks
npm run bench -- reload burst    these
${Object.entries(benchmarks)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}

  --node <path>   the Node that runs the servers (${process.execPath})
  --saves <n>     how many saves are measured (15)
  --full          loss: 200 reloads
  --json          one JSON value instead of tables
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: "string", default: process.execPath },
    saves: { type: "string", default: "15" },
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const unknown = positionals.filter((name) => benchmarks[name] === undefined);
const saves = Number(values.saves);
if (values.help) process.stdout.write(help);
else if (unknown.length > 0 || !Number.isInteger(saves) || saves < 1) {
  process.stderr.write(help);
  process.exitCode = 2;
} else await runAll(positionals.length > 0 ? positionals : Object.keys(benchmarks));

async function runAll(names: readonly string[]): Promise<void> {
  ensurePeers((text) => process.stderr.write(`${text}\n`));
  const stage = new Stage();
  endOnSignals(stage);
  const machine = describeMachine(values.node);
  if (!values.json) process.stdout.write(`${drawMachine(machine)}\n`);
  const reports = [];
  try {
    for (const name of names) {
      const benchmark = benchmarks[name];
      if (benchmark === undefined) continue;
      const progress = (text: string): void => showProgress(`${name}: ${text}`);
      const setting = { stage, node: values.node, saves, full: values.full, progress };
      for (const report of await benchmark.run(setting)) {
        showProgress("");
        reports.push({ benchmark: name, ...report });
        if (!values.json) process.stdout.write(`${drawReport(report)}\n`);
      }
      await stage.close();
    }
  } finally {
    showProgress("");
    await stage.close();
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, reports }, undefined, 2)}\n`);
}

/** One line that is written over, on a terminal only. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}

function endOnSignals(stage: Stage): void {
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(signals)) {
    process.once(signal, () => {
      showProgress("");
      void stage.close().finally(() => process.exit(code));
    });
  }
}

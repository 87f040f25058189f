// Runs the model of the dev server for longer, or repeats a run that failed: npm run test:model -- --runs 5000 --seed 7
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { runs, seed } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } }).values;
const { status } = spawnSync("npx", ["vitest", "run", "--project", "model"], {
  stdio: "inherit",
  env: {
    ...process.env,
    ...(runs === undefined ? {} : { MODEL_RUNS: runs }),
    ...(seed === undefined ? {} : { MODEL_SEED: seed }),
  },
});
process.exitCode = status ?? 1;

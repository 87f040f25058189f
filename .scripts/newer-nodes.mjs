// Runs the tests of reloads on newer versions of Node than the oldest that is supported: npm run test:nodes [-- 22 24].
// Without a version: another one every day.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "test/nodes");
const versions = ["22", "24"];
const today = versions[Math.floor(Date.now() / 86_400_000) % versions.length];
const asked = process.argv.slice(2);
const tests = ["dev-http.test", "dev-stdio.test", "dev-layouts.test"];

run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder);
for (const version of asked.length > 0 ? asked : [today]) {
  const node = join(folder, "node_modules", `${process.platform}-${process.arch}-${version}`, "bin/node");
  run(
    node,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "integration", ...tests],
    root,
  );
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")} failed`);
}

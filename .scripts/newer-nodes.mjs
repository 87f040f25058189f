// Runs the tests of reloads on newer versions of Node than the oldest that is supported: npm run test:nodes [-- 22 24].
// Without a version: a part of it, another one every day.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "test/nodes");
const versions = ["22", "24"];
const tests = [["dev-http.test", "dev-stdio.test"], ["dev-layouts.test"]];
const asked = process.argv.slice(2);
const parts = versions.flatMap((version) => tests.map((part) => ({ version, tests: part })));
const today = parts[Math.floor(Date.now() / 86_400_000) % parts.length];
const chosen = asked.length > 0 ? asked.map((version) => ({ version, tests: tests.flat() })) : [today];

run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder);
for (const { version, tests } of chosen) {
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

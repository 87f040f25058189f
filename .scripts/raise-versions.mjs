/**
 * Raises the versions that new projects get to the newest ones that this repository's own rules allow, and tests them:
 * `npm run versions`, or `npm run versions -- zod vitest` for some. What does not pass the matrix is yours to put back with git.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** Why a version is held below the newest. Node's types follow the oldest Node that is supported. */
const held = {
  "@types/node": "20",
  // 7 does not go with typescript-eslint.
  typescript: "<6.1",
};

const versionsPath = "templates/versions.json";
const versions = JSON.parse(readFileSync(versionsPath, "utf8"));
const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(versions);

const raised = [];
for (const name of names) {
  if (!(name in versions)) throw new Error(`${name} is not in ${versionsPath}`);
  const newest = newestVersion(name);
  const [, sign = "", now] = /^([~^]?)(.+)$/.exec(versions[name]) ?? [];
  if (now === newest) continue;
  versions[name] = `${sign}${newest}`;
  raised.push({ name, now, newest });
  console.log(`${name} ${now} → ${newest}`);
}
if (raised.length === 0) {
  console.log("all versions are the newest");
} else {
  writeFileSync(versionsPath, `${JSON.stringify(versions, undefined, 2)}\n`);
  // The projects are tested with what is installed here, so it has to be the same.
  run("npm", [
    "install",
    "--save-dev",
    "--save-exact",
    ...raised.map(({ name, newest }) => `${name}@${newest}`),
  ]);
  run("npm", ["run", "--silent", "types"]);
  run("npx", ["vitest", "run", "--project", "unit", "test/unit/scaffold"]);
  run("npm", ["run", "--silent", "test:matrix"]);
}

function newestVersion(name) {
  const spec = name in held ? `${name}@${held[name]}` : `${name}@latest`;
  const found = JSON.parse(execFileSync("npm", ["view", spec, "version", "--json"], { encoding: "utf8" }));
  return Array.isArray(found) ? found.at(-1) : found;
}

function run(command, args) {
  execFileSync(command, args, { stdio: "inherit" });
}

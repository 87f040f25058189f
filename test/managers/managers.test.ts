/**
 * Projects from the packed tarball, made and used with each package manager: install with esbuild's script, types, tests,
 * a handshake and a refused credential. With MANAGERS=all it is all of them, on both transports, and what the Dockerfile does;
 * by default another one every day.
 */
import { chmod, cp, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { templateNamed } from "../../src/scaffold/catalogue.ts";
import { installTarball, type Installed } from "../e2e/installed.ts";
import { installModules } from "../helpers/own-modules.ts";
import { serveBuilt, serveInDevelopment } from "../integration/created-project.ts";

const folder = import.meta.dirname;
const modules = join(folder, "node_modules");

/** What each has as its program; `pm` is how create-fastmcp calls it. */
const managers = [
  { name: "pnpm", pm: "pnpm", program: ".bin/pnpm", lockfile: "pnpm-lock.yaml" },
  { name: "yarn", pm: "yarn", program: "@yarnpkg/cli-dist/bin/yarn.js", lockfile: "yarn.lock" },
  { name: "bun", pm: "bun", program: ".bin/bun", lockfile: "bun.lock" },
  { name: "yarn 1", pm: "yarn", program: "yarn/bin/yarn.js", lockfile: "yarn.lock" },
];

const today = Math.floor(Date.now() / 86_400_000) % managers.length;
const everything = process.env["MANAGERS"] === "all";
const chosen = everything ? managers : managers.slice(today, today + 1);

let installed: Installed;
beforeAll(async () => {
  await installModules(folder, "run");
  installed = await installTarball();
});
afterAll(() => installed.remove());

test.each(chosen)("$name", { timeout: 240_000 }, async ({ name, pm, program, lockfile }) => {
  const place = join(installed.folder, name.replace(" ", "-"));
  const programs = join(place, "bin");
  await mkdir(programs, { recursive: true });
  await chmod(join(modules, program), 0o755);
  await symlink(join(modules, program), join(programs, pm));
  // Only this one on the path, and a home of its own: nobody's settings, caches and links.
  const env = {
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    HOME: place,
    CI: "true",
    YARN_NPM_MINIMAL_AGE_GATE: "7d",
  };
  const run = (file: string, args: readonly string[], cwd: string) =>
    execa(file, args, { cwd, env, stdin: "ignore", all: true });

  const made = await run(
    installed.bin("create-fastmcp"),
    ["my-server", "--pm", pm, "--no-git", "--verify", "--cli", `file:${installed.tarball}`],
    place,
  );
  expect(made.all).toContain(`installed with ${pm}`);
  expect(made.all).toContain("a wrong credential is refused");
  const project = join(place, "my-server");
  expect(await readFile(join(project, lockfile), "utf8")).toContain("fastmcp");
  if (!everything) return;
  await run(pm, ["run", "lint"], project);

  const { defaults: options } = templateNamed("session");
  const created = { folder: project, template: "session", options, env: {} };
  const mcp = join(project, "node_modules/create-fastmcp/bin/mcp.js");
  await serveInDevelopment(created, "http", mcp);
  await serveInDevelopment(created, "stdio", mcp);

  const copy = join(place, "container");
  await cp(project, copy, { recursive: true, filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path) });
  for (const command of await dockerCommands(copy)) await run("sh", ["-c", command], copy);
  await serveBuilt({ ...created, folder: copy });
});

/** What is run in the container to build it, but for what brings the manager there. */
async function dockerCommands(project: string): Promise<string[]> {
  const dockerfile = await readFile(join(project, "Dockerfile"), "utf8");
  return [...dockerfile.matchAll(/^RUN (.+)$/gm)]
    .map(([, command]) => command ?? "")
    .filter((command) => !/^(?:corepack|npm install --global) /.test(command));
}

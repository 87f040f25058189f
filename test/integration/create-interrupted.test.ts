/** create-fastmcp ended by a signal, whenever it comes: nothing is left, nobody's files are touched, no process goes on. */
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { markedProcesses, markName } from "../helpers/processes.ts";
import { bin, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;
const mark = `interrupted-${process.pid}`;

beforeEach(async () => {
  place = await scratch();
  // Each takes its time, and starts what would go on writing if it were left alone.
  await place.program(
    "npm",
    "echo x > package-lock.json; mkdir -p node_modules; (while :; do echo x > node_modules/y; done) & sleep 0.3; kill $!",
  );
  await place.program("git", `exec ${(await execa("which", ["git"])).stdout} "$@"`);
  await place.program("sleep", `exec ${(await execa("which", ["sleep"])).stdout} "$@"`);
  await writeFile(place.env["GIT_CONFIG_GLOBAL"] ?? "", "[user]\n\tname = a\n\temail = a@example.com\n");
});
afterEach(() => place.remove());

async function everything(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const states = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await lstat(path);
    return [path, `${mode} ${entry.isFile() ? await readFile(path, "utf8") : ""}`] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

type Run = { readonly stdout: string; readonly stderr: string; readonly durationMs: number };

async function create(
  args: readonly string[],
  cwd: string,
  kill?: { signal: "SIGINT" | "SIGTERM"; afterMs: number },
): Promise<Run> {
  const startedAt = performance.now();
  const running = execa("node", [bin, ...args, "--yes"], {
    ...{ cwd, extendEnv: false, reject: false, stdin: "ignore" },
    env: { ...place.env, [markName]: mark },
  });
  const timer = kill && setTimeout(() => running.kill(kill.signal), kill.afterMs);
  const { stdout, stderr } = await running;
  clearTimeout(timer);
  return { stdout, stderr, durationMs: performance.now() - startedAt };
}

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, "mine", "src"), { recursive: true });
  await writeFile(join(folder, "mine", "package.json"), "mine", { mode: 0o755 });
  await writeFile(join(folder, "mine", "src", "server.ts"), "mine");
  await writeFile(join(folder, "mine", "notes.txt"), "mine");
  await writeFile(join(folder, "mine", "package-lock.json"), "mine");
}

const parts = 16;

test("nothing is left, whichever part of a creation a signal comes in", async () => {
  const during = new Set<string>();
  const whole = join(place.folder, "whole");
  await prepare(whole);
  const { durationMs } = await create(["a/new"], whole);
  for (let part = 1; part < parts; part += 1) {
    const folder = join(place.folder, part.toString());
    await prepare(folder);
    const before = await everything(folder);
    const args = part % 2 === 0 ? ["a/new"] : ["mine", "--force"];
    const signal = part % 4 < 2 ? "SIGINT" : "SIGTERM";
    const { stdout } = await create(args, folder, { signal, afterMs: (durationMs * part) / parts });
    expect(await markedProcesses(mark)).toEqual([]);
    // It came too late.
    if (stdout.includes("Done in")) continue;
    during.add(
      stdout.includes("installed") ? "commit" : stdout.includes("files, template") ? "install" : "start",
    );
    expect(await everything(folder), `${signal} in part ${part} of ${parts}: ${args.join(" ")}`).toEqual(
      before,
    );
  }
  expect([...during]).toEqual(expect.arrayContaining(["start", "install"]));
});

test("packages that were there and are not as they were are named", async () => {
  await mkdir(join(place.folder, "mine", "node_modules"), { recursive: true });
  await writeFile(join(place.folder, "mine", "pnpm-lock.yaml"), "mine");
  // The install is what the signal comes from.
  await place.program("npm", 'kill -INT "$PPID"; exec sleep 30');
  const { stderr } = await create(["mine", "--force", "--no-git"], place.folder);
  expect(stderr).toBe("cancelled, your files are as they were, node_modules is not: run pnpm install again");
  expect((await readdir(join(place.folder, "mine"))).sort()).toEqual(["node_modules", "pnpm-lock.yaml"]);
});

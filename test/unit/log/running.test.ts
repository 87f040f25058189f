import { mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { announceDevServer, runningDevServers } from "../../../src/log/running.ts";
import { isAlive } from "../../../src/log/process-alive.ts";
import { scratchFolder } from "./log-samples.ts";

vi.mock("node:os", { spy: true });

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ folder, remove } = await scratchFolder());
  vi.stubEnv("HOME", folder);
  vi.stubEnv("TMPDIR", join(folder, "temporary"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.resetAllMocks();
  await remove();
});

const inHome = (...names: string[]): string => join(folder, ".cache", "create-fastmcp", ...names);
const files = (): Promise<string[]> => readdir(inHome());
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("announceDevServer", () => {
  test("is seen until it is taken back, and is for this user alone", async () => {
    const info = {
      pid: process.pid,
      project: "/p",
      log: "/p/.mcp/sessions/x.jsonl",
      url: "http://h/",
      transport: "http",
    };
    const withdraw = announceDevServer(info);
    expect(runningDevServers()).toEqual([expect.objectContaining(info)]);
    const [file = ""] = await files();
    expect((await stat(inHome(file))).mode & 0o777).toBe(0o600);
    expect((await stat(inHome())).mode & 0o777).toBe(0o700);
    withdraw();
    withdraw();
    expect([runningDevServers(), await files()]).toEqual([[], []]);
  });

  test("a second announcement of the same server replaces the first", () => {
    announceDevServer({ pid: process.pid, project: "/p" });
    announceDevServer({ pid: process.pid, project: "/p", url: "http://h/" });
    expect(runningDevServers()).toEqual([expect.objectContaining({ url: "http://h/" })]);
  });

  test("is found from a terminal, whose environment is another than the one a desktop client gives", () => {
    vi.stubEnv("TMPDIR", undefined);
    const withdraw = announceDevServer({ pid: process.pid, project: "/p" });
    vi.stubEnv("XDG_RUNTIME_DIR", folder);
    vi.stubEnv("XDG_CACHE_HOME", folder);
    vi.stubEnv("TMPDIR", folder);
    expect(runningDevServers()).toEqual([expect.objectContaining({ project: "/p" })]);
    withdraw();
  });

  test("goes to the temporary folder where there is no home", async () => {
    await writeFile(join(folder, "file"), "");
    vi.stubEnv("HOME", join(folder, "file"));
    const withdraw = announceDevServer({ pid: process.pid, project: "/p" });
    expect(runningDevServers()).toEqual([expect.objectContaining({ project: "/p" })]);
    withdraw();
    expect(runningDevServers()).toEqual([]);
  });

  test("goes to the temporary folder for a user whom the system does not know, as in a container", () => {
    const unknown = (): never => {
      throw new Error(
        "A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)",
      );
    };
    vi.mocked(homedir).mockImplementation(unknown);
    vi.mocked(userInfo).mockImplementation(unknown);
    const withdraw = announceDevServer({ pid: process.pid, project: "/p" });
    expect(runningDevServers()).toEqual([expect.objectContaining({ project: "/p" })]);
    withdraw();
    expect(runningDevServers()).toEqual([]);
  });

  test("does nothing where there is no place for it", async () => {
    await writeFile(join(folder, "file"), "");
    vi.stubEnv("HOME", join(folder, "file"));
    vi.stubEnv("TMPDIR", join(folder, "file"));
    announceDevServer({ pid: process.pid, project: "/p" })();
    expect(runningDevServers()).toEqual([]);
  });

  test("does not use a folder that others may write to, nor a link", async () => {
    await mkdir(join(folder, "open"), { mode: 0o777 });
    await mkdir(join(folder, ".cache"));
    await symlink(join(folder, "open"), inHome());
    announceDevServer({ pid: process.pid, project: "/p" });
    expect(await readdir(join(folder, "open"))).toEqual([]);
  });
});

describe("runningDevServers", () => {
  test("leaves out and removes what dead processes, and others, left", async () => {
    announceDevServer({ pid: deadPid(), project: "/dead" });
    announceDevServer({ pid: process.pid, project: "/alive" });
    const own = encodeURIComponent(hostname());
    await writeFile(inHome(`${own}-12.json`), '{"pid":');
    await writeFile(inHome(`${own}-13.json`), "null");
    await writeFile(inHome(`elsewhere-${deadPid()}.json`), "of a container with the same home");
    expect(runningDevServers().map(({ project }) => project)).toEqual(["/alive"]);
    expect((await files()).sort()).toEqual(
      [expect.stringMatching(/^elsewhere-/), `${own}-${process.pid}.json`].sort(),
    );
  });
});

describe("isAlive", () => {
  test("tells living processes from dead ones and from impossible ids", () => {
    expect([process.pid, process.ppid, deadPid(), 0, -1, 1.5, Number.NaN].map((pid) => isAlive(pid))).toEqual(
      [true, true, ...[false, false, false, false, false]],
    );
  });

  test.runIf(process.platform === "linux")(
    "a process that started later is another one with the same id",
    () => {
      expect(isAlive(process.pid, Date.now())).toBe(true);
      expect(isAlive(process.pid, Date.now() - 86_400_000 * 3650)).toBe(process.platform !== "linux");
    },
  );
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CliError } from "../../../src/cli-error.ts";
import { currentLogs, logsIn, placeAt, placeOfProject } from "../../../src/log/locate.ts";
import { acceptsPartsOf } from "../../../src/log/log-files.ts";
import { logName } from "../../../src/log/log-file-name.ts";
import { scratchFolder } from "./log-samples.ts";

const deadPid = 2 ** 30;
let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => ({ folder, remove } = await scratchFolder()));
afterEach(() => remove());

const sessions = (): string => join(folder, ".mcp", "sessions");
async function logs(...names: string[]): Promise<void> {
  await mkdir(sessions(), { recursive: true });
  for (const name of names) await writeFile(join(sessions(), name), "");
}

describe("placeAt", () => {
  test("a project, a folder in it, .mcp and the sessions folder are the same place", async () => {
    await logs();
    await mkdir(join(folder, "src", "tools"), { recursive: true });
    for (const path of ["", "src/tools", ".mcp", ".mcp/sessions"]) {
      expect(placeAt(join(folder, path), "/")).toMatchObject({
        folder: sessions(),
        kind: "project",
        name: folder,
      });
    }
  });

  test("a project that never ran has a place too", async () => {
    await writeFile(join(folder, "package.json"), "{}");
    expect(placeAt(".", folder)).toMatchObject({ folder: sessions(), kind: "project" });
    expect(placeOfProject(join(folder, "src"))).toMatchObject({ folder: sessions() });
  });

  test("a file is a place of its own", async () => {
    await writeFile(join(folder, "my.log"), "");
    expect(placeAt("my.log", folder)).toMatchObject({ folder, kind: "file", name: join(folder, "my.log") });
  });

  test("what is missing, or no project, is an error that says what to give", () => {
    expect(() => placeAt("nowhere", folder)).toThrow(CliError);
    expect(() => placeAt("nowhere", folder)).toThrow(/nowhere does not exist/);
    expect(() => placeAt(folder, "/")).toThrow(/is no project/);
    expect(placeOfProject(folder)).toBeUndefined();
  });
});

describe("logsIn and currentLogs", () => {
  const earlier = logName(new Date("2026-01-01T10:00:00Z"), deadPid);
  const later = logName(new Date("2026-01-02T10:00:00Z"), deadPid - 1);
  const names = async (): Promise<string[]> => {
    const found = currentLogs(await logsIn(placeAt(folder, "/")));
    return found.logs.flat().map(({ path }) => path.slice(sessions().length + 1));
  };

  test("the newest log with its parts in order, if none is being written", async () => {
    await logs(`${earlier}.jsonl`, `${later}.10.jsonl`, `${later}.2.jsonl`, `${later}.jsonl`, "note.txt");
    expect(await names()).toEqual([`${later}.jsonl`, `${later}.2.jsonl`, `${later}.10.jsonl`]);
  });

  test("all logs that are being written", async () => {
    const now = Date.now();
    const [own, parent] = [logName(new Date(now), process.pid), logName(new Date(now - 1), process.ppid)];
    await logs(
      `${earlier}.jsonl`,
      `${parent}.jsonl`,
      `${own}.jsonl`,
      `${logName(new Date(now + 1), deadPid)}.jsonl`,
    );
    expect(await names()).toEqual([`${parent}.jsonl`, `${own}.jsonl`]);
  });

  test("a folder is no log, whatever its name", async () => {
    await logs();
    await mkdir(join(sessions(), "x.jsonl"));
    expect(await names()).toEqual([]);
  });

  test("no folder, no logs", async () => {
    await writeFile(join(folder, "package.json"), "{}");
    expect(await logsIn(placeAt(folder, "/"))).toEqual([]);
  });
});

test("the parts of a named file are those from it on", () => {
  const accepts = acceptsPartsOf("/logs/run.2.jsonl");
  const names = ["run.jsonl", "run.2.jsonl", "run.3.jsonl", "run.x.jsonl", "other.3.jsonl", "run.3.log"];
  expect(names.filter(accepts)).toEqual(["run.2.jsonl", "run.3.jsonl"]);
});

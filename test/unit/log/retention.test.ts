import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeOldLogs } from "../../../src/log/retention.ts";

const dayMs = 86_400_000;
const nowMs = Date.parse("2026-06-30T12:00:00Z");
const ownLog = "2026-06-30T11-00-00-000Z-77";
const alivePid = 99;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "retention-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function put(name: string, ageDays: number): string {
  writeFileSync(join(directory, name), "");
  const seconds = (nowMs - ageDays * dayMs) / 1000;
  utimesSync(join(directory, name), seconds, seconds);
  return name;
}
const log = (day: number, pid: number, part = "") =>
  `2026-06-${String(day).padStart(2, "0")}T00-00-00-000Z-${pid}${part}.jsonl`;
async function left(limits: { files?: number; ageDays?: number; current?: string }): Promise<string[]> {
  const { files = 20, ageDays = 14, current = `${ownLog}.jsonl` } = limits;
  const currentFile = join(directory, current);
  await removeOldLogs({
    directory,
    ownLog,
    currentFile,
    files,
    ageDays,
    nowMs,
    isAlive: (pid) => pid === alivePid,
  });
  return readdirSync(directory).sort();
}

describe("removeOldLogs", () => {
  it("removes what nobody wrote to for too long, and nothing that is not a log of ours", async () => {
    put(log(1, 11), 20);
    const stay = [
      put(log(2, 12), 13),
      put("mine.jsonl", 100),
      put("notes.txt", 100),
      put(`${ownLog}.jsonl`, 0),
    ];
    expect(await left({})).toEqual(stay.sort());
  });

  it("keeps so many, the newest, the current one among them", async () => {
    put(log(1, 11), 3);
    put(log(2, 12), 2);
    const stay = [put(log(3, 13), 2), put(log(3, 13, ".2"), 1), put(`${ownLog}.jsonl`, 0)];
    expect(await left({ files: 3 })).toEqual(stay.sort());
  });

  it("never takes a living process's file, however old, nor one more of the others for it than there are too many", async () => {
    const stay = [put(log(1, alivePid), 20), put(log(1, alivePid, ".2"), 20), put(`${ownLog}.jsonl`, 0)];
    put(log(2, 12), 2);
    expect(await left({ files: 1 })).toEqual(stay.sort());
  });

  it.runIf(process.platform === "linux")(
    "takes the log of a process whose id another one has now",
    async () => {
      put(`2020-01-01T00-00-00-000Z-${process.ppid}.jsonl`, 20);
      const currentFile = join(directory, put(`${ownLog}.jsonl`, 0));
      await removeOldLogs({ directory, ownLog, currentFile, files: 20, ageDays: 14, nowMs });
      expect(readdirSync(directory)).toEqual([`${ownLog}.jsonl`]);
    },
  );

  it("takes the oldest parts of a log that fills the folder alone, by number and not by spelling", async () => {
    for (let part = 1; part <= 11; part++) put(part === 1 ? `${ownLog}.jsonl` : `${ownLog}.${part}.jsonl`, 0);
    expect(await left({ files: 2, current: `${ownLog}.11.jsonl` })).toEqual([
      `${ownLog}.10.jsonl`,
      `${ownLog}.11.jsonl`,
    ]);
  });

  it("says nothing about a folder that is not there", async () => {
    rmSync(directory, { recursive: true });
    const currentFile = join(directory, "x");
    await expect(
      removeOldLogs({ directory, ownLog, currentFile, files: 1, ageDays: 1 }),
    ).resolves.toBeUndefined();
  });
});

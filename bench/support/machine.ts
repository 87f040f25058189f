/** What a figure was measured on. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { wantedPeers } from "./peers.ts";

export type Machine = {
  readonly time: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the minute before, as the system tells it. */
  readonly load: number;
  /** Of the Node that runs the servers. */
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
};

export function describeMachine(node: string): Machine {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  const own = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  return {
    time: new Date().toISOString().slice(0, 16) + "Z",
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0]?.toFixed(2) ?? 0),
    node: stdout.trim(),
    versions: { "create-fastmcp": own.version, ...wantedPeers() },
  };
}

export function drawMachine(machine: Machine): string {
  const { time, system, processor, cores, memoryGiB, load, node, versions } = machine;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cores} cores, ${processor}, ${memoryGiB} GiB, ${system}`,
    `Node ${node}, ${time}, load before ${load}`,
    ...wrap(names, 96),
    "",
  ].join("\n");
}

function wrap(words: readonly string[], width: number): string[] {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? word : `${line}, ${word}`;
    if (longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

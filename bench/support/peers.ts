/** What is compared with: packages of this folder's own, installed when a benchmark is run. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const peersFolder = join(import.meta.dirname, "..");

/** Exact versions, by name. */
export function wantedPeers(): Readonly<Record<string, string>> {
  return (readJson(join(peersFolder, "package.json")) as { dependencies: Record<string, string> })
    .dependencies;
}

/** Installs what the lockfile says, unless it is there. */
export function ensurePeers(say: (text: string) => void): void {
  const missing = Object.entries(wantedPeers()).filter(([name, version]) => installed(name) !== version);
  if (missing.length === 0) return;
  say(`bench/ has packages of its own, to compare with: npm ci there (${missing.length} to install)`);
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
    cwd: peersFolder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci in bench/ failed");
}

function installed(name: string): string | undefined {
  try {
    const manifest = readJson(join(peersFolder, "node_modules", name, "package.json"));
    return (manifest as { version: string }).version;
  } catch {
    return undefined;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

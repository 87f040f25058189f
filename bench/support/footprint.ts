/** What `npm create` has to fetch before a scaffolder runs: its packages, and the size of their tarballs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Footprint = {
  readonly packages: number;
  /** Of the tarballs, as they are downloaded. */
  readonly downloadBytes: number;
};

type Lock = { readonly packages: Readonly<Record<string, { readonly version: string }>> };

/**
 * Installs a package where nothing else is, as `npm create` does, and weighs what came with it.
 * @param spec a name and an exact version, or the path of a tarball.
 */
export function installAlone(folder: string, spec: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", spec], folder);
}

/** @param ownTarball of the package that comes from no registry. */
export function weigh(folder: string, ownTarball?: { name: string; bytes: number }): Footprint {
  const { packages } = JSON.parse(
    readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8"),
  ) as Lock;
  const specs = Object.entries(packages).map(([path, { version }]) => ({
    name: path.replace(/^.*node_modules\//, ""),
    version,
  }));
  const fetched = specs.filter(({ name }) => name !== ownTarball?.name);
  const own = ownTarball?.bytes ?? 0;
  return { packages: specs.length, downloadBytes: own + sizesOf(fetched, folder) };
}

export function pack(project: string, folder: string): { file: string; bytes: number } {
  const [packed] = packedBy(["--ignore-scripts", "--pack-destination", folder], project);
  if (packed === undefined) throw new Error("npm pack made no tarball");
  return { file: join(folder, packed.filename), bytes: packed.size };
}

function sizesOf(specs: readonly { name: string; version: string }[], folder: string): number {
  if (specs.length === 0) return 0;
  const names = specs.map(({ name, version }) => `${name}@${version}`);
  return packedBy(["--prefer-offline", ...names], folder).reduce((sum, { size }) => sum + size, 0);
}

function packedBy(args: readonly string[], cwd: string): { filename: string; size: number }[] {
  const printed: unknown = JSON.parse(npm(["pack", "--json", ...args], cwd));
  // A list; npm 12 prints an object by name.
  return Object.values(printed as Record<string, { filename: string; size: number }>);
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", args, {
    ...{ cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 26 },
    shell: process.platform === "win32",
  });
}

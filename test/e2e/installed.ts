/** The packed tarball, installed where a newcomer would: in an empty folder. */
import { execa } from "execa";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Installed = {
  readonly folder: string;
  readonly tarball: string;
  /** Packages that the installation brought. */
  readonly packages: readonly string[];
  readonly bin: (name: string) => string;
  readonly remove: () => Promise<void>;
};

export async function installTarball(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "fastmcp-e2e-"));
  await execa("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder]);
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack made no tarball");
  const tarball = join(folder, name);
  await execa("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, tarball]);
  const modules = join(folder, "node_modules");
  return {
    folder,
    tarball,
    packages: (await readdir(modules)).filter((entry) => !entry.startsWith(".")),
    bin: (command) => join(modules, ".bin", command),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

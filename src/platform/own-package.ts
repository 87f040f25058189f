/** Finds the folder of this package, and whether it is a working copy or an installed package. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

export type OwnPackage = {
  readonly folder: string;
  readonly version: string;
  /** A working copy: it has its sources and does not lie in a node_modules folder (links are followed). */
  readonly checkout: boolean;
};

/** Works from the sources and from the bundle, which lies one folder deep. */
export function ownPackage(): OwnPackage {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("package.json of create-fastmcp not found");
    folder = above;
  }
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return {
    folder,
    version: versionIn(manifest),
    checkout: !folder.split(sep).includes("node_modules") && existsSync(join(folder, "src", "cli.ts")),
  };
}

function versionIn(manifest: unknown): string {
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("package.json of create-fastmcp has no version");
}

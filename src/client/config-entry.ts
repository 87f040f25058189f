/** The entry that lets a client start `mcp dev --stdio` for a project. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import type { Entry } from "../dev/entry.ts";
import { ownPackage } from "../platform/own-package.ts";
import { isObject } from "../terminal/foreign.ts";
import type { KnownClient } from "./known-clients.ts";

export type ConfigEntry = {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
};

/**
 * A file of the project is shared with others: what lies in the project is named relative to it, and node is found by
 * its name. Elsewhere, programs started from a desktop know neither folder nor `PATH`.
 */
export function configEntry({ typed, projectPrefix }: KnownClient, { project, file }: Entry): ConfigEntry {
  const shared = projectPrefix !== undefined;
  const place = (path: string): string => {
    const inside = relative(project, path);
    const isInside = !inside.startsWith("..") && inside !== path;
    return shared && isInside ? projectPrefix + inside.split(sep).join("/") : path;
  };
  return {
    ...(typed ? { type: "stdio" } : {}),
    command: shared ? "node" : process.execPath,
    args: [place(programFor(project)), "dev", "--stdio", place(file)],
  };
}

/** The project's own copy of this package, else the one that runs. */
function programFor(project: string): string {
  const installed = join(project, "node_modules", "create-fastmcp", "bin", "mcp.js");
  return existsSync(installed) ? installed : join(ownPackage().folder, "bin", "mcp.js");
}

/** The package's name without its scope, else the folder's. */
export function serverName(project: string): string {
  let name: unknown;
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    name = isObject(manifest) ? manifest["name"] : undefined;
  } catch {
    // A folder without a manifest has a name all the same.
  }
  return typeof name === "string" && name !== "" ? name.replace(/^@[^/]*\//, "") : basename(project);
}

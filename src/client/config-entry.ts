/** The entry that lets a client start `mcp dev --stdio` for a project. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
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
 * A file of the project is shared with others: what lies in the project, or is installed for it, is named relative to it, and
 * node is found by its name. Elsewhere, programs started from a desktop know neither folder nor `PATH`.
 */
export function configEntry({ typed, projectPrefix }: KnownClient, { project, file }: Entry): ConfigEntry {
  const shared = projectPrefix !== undefined;
  const installed = installedProgram(project);
  const place = (path: string): string => {
    const fromProject = relative(project, path);
    const isInside = !fromProject.startsWith("..") && fromProject !== path;
    return shared && (isInside || path === installed)
      ? projectPrefix + fromProject.split(sep).join("/")
      : path;
  };
  return {
    ...(typed ? { type: "stdio" } : {}),
    command: shared ? "node" : process.execPath,
    args: [place(installed ?? join(ownPackage().folder, "bin", "mcp.js")), "dev", "--stdio", place(file)],
  };
}

/** The project's own copy of this package. A workspace may have it above its projects, where Node looks too. */
export function installedProgram(project: string): string | undefined {
  for (let folder = project; ; folder = dirname(folder)) {
    const program = join(folder, "node_modules", "create-fastmcp", "bin", "mcp.js");
    if (existsSync(program)) return program;
    if (folder === dirname(folder)) return undefined;
  }
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

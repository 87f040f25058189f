/**
 * Imports FastMCP before the TypeScript loader is there: through the loader, which has nothing to do with it, that takes
 * twice as long. The server's own import finds it loaded.
 */
import { readFileSync, realpathSync } from "node:fs";
import module from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { report } from "./channel.ts";
import { isInstalled } from "./module-hooks.ts";

/** Never rejects: what is wrong with FastMCP is said by the server's own import, if it has one. */
export async function loadFastMCP(entry: string): Promise<void> {
  try {
    const { url, version } = findFastMCP(entry);
    report({ type: "version", fastmcp: version });
    // The other kind of module loads another file of the package.
    if (isModule(entry) && isInstalled(url)) await import(url);
  } catch {
    // A server without FastMCP, or with a broken one, shows that when it runs.
  }
}

/**
 * The namespace of the FastMCP that the entry finds, as ESM.
 * @throws for one that is linked: somebody works on it, and a save of it must find no process that has loaded it.
 */
export async function importFastMCP(entry: string): Promise<unknown> {
  const { url } = findFastMCP(entry);
  if (!isInstalled(url)) throw new Error("it is linked");
  return import(url);
}

function findFastMCP(entry: string): { readonly url: string; readonly version: string } {
  const required = module.createRequire(pathToFileURL(realpathSync(entry))).resolve("fastmcp");
  const manifest = readManifest(join(dirname(required), "..", "package.json"));
  return { url: pathToFileURL(required.replace(/\.cjs$/, ".js")).href, version: String(manifest["version"]) };
}

/** By Node's rules, which the loader follows. */
function isModule(entry: string): boolean {
  const extension = extname(entry);
  if (extension.startsWith(".m")) return true;
  if (extension.startsWith(".c")) return false;
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    try {
      return readManifest(join(folder, "package.json"))["type"] === "module";
    } catch {
      if (folder === dirname(folder)) return false;
    }
  }
}

function readManifest(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
}

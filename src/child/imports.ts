/** Reports what the server imported: its own files, so that a save of any is a reload, and packages, to be warm next time. */
import module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { report } from "./channel.ts";
import type { Resolved } from "./module-hooks.ts";
import { registerSyncHooks } from "./sync-hooks.ts";

const reportDelayMs = 20;
const known = new Set<string>();
/** CommonJS modules that were there before the server's own. */
let requiredBefore: ReadonlySet<string> = new Set();
let fresh: { files: string[]; modules: string[]; packages: string[] } = nothing();
let isReporting = false;
let timer: NodeJS.Timeout | undefined;

export function observeImports(): void {
  const isRegistered = registerSyncHooks(resolved);
  if (isRegistered) return;
  const { port1, port2 } = new MessageChannel();
  port1.on("message", resolved);
  port1.unref();
  module.register(new URL("./hooks.js", import.meta.url), { data: { port: port2 }, transferList: [port2] });
}

/** Whether the server's own code imports that package. */
export function importsPackage(name: string): boolean {
  return [...known].some((place) => place.includes(`/node_modules/${name}/`));
}

/** What was imported before, to warm up, was not imported by the server. */
export function reportImports(): void {
  isReporting = true;
  requiredBefore = new Set(Object.keys(requireCache()));
}

/** CommonJS modules are not resolved through the hooks; the cache names them all. */
export function addRequired(): void {
  for (const [key, required] of Object.entries(requireCache())) {
    if (required === undefined || requiredBefore.has(key) || isInstalled(required.filename)) continue;
    add(required.filename.replace(/\?.*$/, ""), false);
    for (const { filename } of required.children)
      if (isInstalled(filename)) add(pathToFileURL(filename).href, true);
  }
}

function resolved({ url, isPackage, format }: Resolved): void {
  const isNew = add(isPackage ? url : fileURLToPath(url), isPackage);
  if (isNew && !isPackage && format === "module") fresh.modules.push(url);
}

/** @returns whether it was not known yet. */
function add(place: string, isPackage: boolean): boolean {
  if (!isReporting || known.has(place)) return false;
  if (!isPackage && (isInstalled(place) || !/^(?:\/|[a-z]:\\)/i.test(place))) return false;
  known.add(place);
  (isPackage ? fresh.packages : fresh.files).push(place);
  timer ??= setTimeout(flush, reportDelayMs).unref();
  return true;
}

function requireCache(): NodeJS.Dict<NodeJS.Module> {
  return module.createRequire(import.meta.url).cache;
}

function isInstalled(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

function flush(): void {
  timer = undefined;
  report({ type: "imported", ...fresh });
  fresh = nothing();
}

function nothing(): typeof fresh {
  return { files: [], modules: [], packages: [] };
}

/** Reports what the server imported: its own files, so that a save of any is a reload, and packages, to be warm next time. */
import module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { report } from "./channel.ts";

/** What the loader's thread tells: the URL of a file of the server's own, or of a package that such a file imports. */
export type Resolved = { readonly url: string; readonly isPackage: boolean };

const reportDelayMs = 20;
const known = new Set<string>();
let fresh: { files: string[]; packages: string[] } = { files: [], packages: [] };
let isReporting = false;
let timer: NodeJS.Timeout | undefined;

export function observeImports(): void {
  const { port1, port2 } = new MessageChannel();
  port1.on("message", ({ url, isPackage }: Resolved) => add(isPackage ? url : fileURLToPath(url), isPackage));
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
}

/** CommonJS modules are not resolved through the hooks; the cache names them all. */
export function addRequired(): void {
  const { cache } = module.createRequire(import.meta.url);
  for (const required of Object.values(cache)) {
    if (required === undefined || isInstalled(required.filename)) continue;
    add(required.filename.replace(/\?.*$/, ""), false);
    for (const { filename } of required.children)
      if (isInstalled(filename)) add(pathToFileURL(filename).href, true);
  }
}

function add(place: string, isPackage: boolean): void {
  if (!isReporting || known.has(place)) return;
  if (!isPackage && (isInstalled(place) || !/^(?:\/|[a-z]:\\)/i.test(place))) return;
  known.add(place);
  (isPackage ? fresh.packages : fresh.files).push(place);
  timer ??= setTimeout(flush, reportDelayMs).unref();
}

function isInstalled(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

function flush(): void {
  timer = undefined;
  report({ type: "imported", ...fresh });
  fresh = { files: [], packages: [] };
}

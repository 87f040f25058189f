/** Reports what the server imported: its own files, so that a save of any is a reload, and packages, to be warm next time. */
import module from "node:module";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { report } from "./channel.ts";
import { warmFilesOf, type ImportedName } from "./messages.ts";
import { isInstalled, type Resolved } from "./module-hooks.ts";
import { registerSyncHooks } from "./sync-hooks.ts";

/** Most servers have started by then, and answer what waits for them. */
const reportDelayMs = 100;
/** Without hooks for `require`, what is required later, by a tool say, is looked for this often. */
const lookEveryMs = 500;
/** What the server's own code imports, or asks for. */
const known = new Set<string>();
const reported = new Set<string>();
/** CommonJS modules that were there before the server's own. */
let requiredBefore: ReadonlySet<string> = new Set();
const namesReported = new Set<string>();
let fresh: { files: string[]; modules: string[]; packages: string[]; names: ImportedName[] } = nothing();
/** What warms up the compiler may still be under way when the server runs, and is none of it. */
const warming = new Set(warmFilesOf("", process.pid).map((file) => basename(file)));
let isReporting = false;
let timer: NodeJS.Timeout | undefined;
/** From the loader's thread, where Node has one. */
let fromThread: MessagePort | undefined;

export function observeImports(): void {
  const isRegistered = registerSyncHooks(resolved);
  if (isRegistered) return;
  const { port1, port2 } = new MessageChannel();
  port1.on("message", resolved);
  port1.unref();
  fromThread = port1;
  module.register(new URL("./hooks.js", import.meta.url), { data: { port: port2 }, transferList: [port2] });
}

/** Whether the server's own code imports that package, or something in that folder of one. */
export function importsPackage(name: string): boolean {
  return [...known].some((place) => place.includes(`/node_modules/${name}/`));
}

/** What was imported before, to warm up, was not imported by the server. */
export function reportImports(): void {
  isReporting = true;
  requiredBefore = new Set(Object.keys(requireCache()));
  if (fromThread !== undefined) setInterval(addRequired, lookEveryMs).unref();
}

/** Before the process ends: a server that fails was made of files, too, and a save of any may mend it. */
export function reportImportsNow(): void {
  if (!isReporting) return;
  for (;;) {
    const received = fromThread === undefined ? undefined : receiveMessageOnPort(fromThread);
    if (received === undefined) break;
    resolved(received.message as Resolved);
  }
  addRequired();
  clearTimeout(timer);
  flush();
}

/** CommonJS modules are not all resolved through hooks; the cache names them all. */
export function addRequired(): void {
  for (const [key, required] of Object.entries(requireCache())) {
    if (required === undefined || requiredBefore.has(key) || isInstalled(required.filename)) continue;
    add(required.filename.replace(/\?.*$/, ""), false);
    for (const { filename } of required.children)
      if (isInstalled(filename)) add(pathToFileURL(filename).href, true);
  }
}

function resolved({ url, isPackage, format, name, isLoaded }: Resolved): void {
  if (!isReporting) return;
  const place = isPackage ? url : fileURLToPath(url);
  known.add(place);
  if (name !== undefined) addName(name);
  // A package that is only asked for would do something if it was imported.
  if (isPackage && !isLoaded) return;
  if (add(place, isPackage) && !isPackage && format === "module") fresh.modules.push(url);
}

function addName(name: ImportedName): void {
  const key = `${name.parentUrl ?? ""} ${name.specifier}`;
  if (namesReported.has(key)) return;
  namesReported.add(key);
  fresh.names.push(name);
  timer ??= setTimeout(flush, reportDelayMs).unref();
}

/** @returns whether it was not reported yet. */
function add(place: string, isPackage: boolean): boolean {
  if (!isReporting || reported.has(place) || (!isPackage && warming.has(basename(place)))) return false;
  if (!isPackage && (isInstalled(place) || !/^(?:\/|[a-z]:\\)/i.test(place))) return false;
  known.add(place);
  reported.add(place);
  (isPackage ? fresh.packages : fresh.files).push(place);
  timer ??= setTimeout(flush, reportDelayMs).unref();
  return true;
}

function requireCache(): NodeJS.Dict<NodeJS.Module> {
  return module.createRequire(import.meta.url).cache;
}

function flush(): void {
  timer = undefined;
  report({ type: "imported", ...fresh });
  fresh = nothing();
}

function nothing(): typeof fresh {
  return { files: [], modules: [], packages: [], names: [] };
}

/** Reports which of the server's own files were imported, so that a save of any of them is a reload. */
import module from "node:module";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { report } from "./channel.ts";

const reportDelayMs = 20;
const known = new Set<string>();
let fresh: string[] = [];

export function observeImports(): void {
  const { port1, port2 } = new MessageChannel();
  port1.on("message", (url: unknown) => {
    if (typeof url === "string") add(fileURLToPath(url));
  });
  port1.unref();
  module.register(new URL("./hooks.js", import.meta.url), { data: { port: port2 }, transferList: [port2] });
}

/** CommonJS modules are not resolved through the hooks; the cache names them all. */
export function addRequired(): void {
  for (const file of Object.keys(module.createRequire(import.meta.url).cache)) add(file.replace(/\?.*$/, ""));
}

function add(file: string): void {
  if (known.has(file) || /[\\/]node_modules[\\/]/.test(file) || !/^(?:\/|[a-z]:\\)/i.test(file)) return;
  known.add(file);
  if (fresh.push(file) === 1) setTimeout(flush, reportDelayMs).unref();
}

function flush(): void {
  if (fresh.length > 0) report({ type: "imported", files: fresh });
  fresh = [];
}

/** Runs beside the module loader: names the server's own files, and the packages that these import, as they are resolved. */
import type { InitializeHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import type { Resolved } from "./imports.ts";

let port: MessagePort | undefined;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  const isPackage = isInstalled(resolved.url);
  if (resolved.url.startsWith("file:") && !(isPackage && isInstalled(context.parentURL ?? ""))) {
    const message: Resolved = { url: resolved.url.replace(/[?#].*$/, ""), isPackage };
    port?.postMessage(message);
  }
  return resolved;
};

function isInstalled(url: string): boolean {
  return url.includes("/node_modules/");
}

/** Runs beside the module loader: names each file of the server's own code that an import was resolved to. */
import type { InitializeHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";

let port: MessagePort | undefined;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  if (resolved.url.startsWith("file:") && !resolved.url.includes("/node_modules/")) {
    port?.postMessage(resolved.url.replace(/[?#].*$/, ""));
  }
  return resolved;
};

/** The hooks where Node runs them in a thread of their own: what they find goes to the main thread. */
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import { importOf, Loaded, nothing, read, resolveAhead, TextsAhead } from "./module-hooks.ts";

/** Node looks for it again when it runs the entry, and the other loaders take their time over it. */
const inheritedLoader = new URL("./inherited-loader.js", import.meta.url).href;
const texts = new TextsAhead();
const loaded = new Loaded();
let port: MessagePort | undefined;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const ahead = resolveAhead(specifier);
  if (ahead !== undefined) return ahead;
  if (specifier.startsWith(inheritedLoader)) return { url: specifier, format: "module", shortCircuit: true };
  const resolved = await nextResolve(specifier, context);
  const found = importOf(resolved, context.parentURL);
  if (found !== undefined) port?.postMessage(loaded.resolved(found));
  return resolved;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const asked = texts.asked(url);
  if (asked === undefined) {
    const found = loaded.loaded(url);
    if (found !== undefined) port?.postMessage(found);
    return texts.take(url) ?? nextLoad(url, context);
  }
  const before = read(asked);
  texts.keep(asked, before, await nextLoad(asked, context));
  return nothing;
};

/** The hooks where Node runs them in a thread of their own: what they find goes to the main thread. */
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import {
  importOf,
  isAhead,
  Loaded,
  NamesAhead,
  nothing,
  read,
  resolvedAhead,
  TextsAhead,
} from "./module-hooks.ts";

/** Node looks for it again when it runs the entry, and the other loaders take their time over it. */
const inheritedLoader = new URL("./inherited-loader.js", import.meta.url).href;
const names = new NamesAhead();
const texts = new TextsAhead();
/** Texts that are being compiled. */
const coming = new Map<string, Promise<void>>();
const loaded = new Loaded();
let port: MessagePort | undefined;

export const initialize: InitializeHook<{ port: MessagePort }> = (data) => {
  port = data.port;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const ahead = resolvedAhead(specifier);
  if (ahead !== undefined) {
    for (const name of names.asked(specifier))
      names.keep(name, context, await nextResolve(name.specifier, { ...context, parentURL: name.parentUrl }));
    return ahead;
  }
  if (specifier.startsWith(inheritedLoader)) return { url: specifier, format: "module", shortCircuit: true };
  const resolved = names.take(specifier, context) ?? (await nextResolve(specifier, context));
  const found = importOf(specifier, context, resolved);
  if (found !== undefined) port?.postMessage(loaded.resolved(found));
  return resolved;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const text = texts.asked(url);
  if (text === undefined) {
    if (isAhead(url)) return nothing;
    const found = loaded.loaded(url);
    if (found !== undefined) port?.postMessage(found);
    await coming.get(url);
    return texts.take(url) ?? nextLoad(url, context);
  }
  const before = read(text);
  const compiling = Promise.resolve(nextLoad(text, context)).then((compiled) => {
    texts.keep(text, before, compiled);
  });
  // What cannot be compiled is compiled once more when it is imported, which then says why.
  coming.set(
    text,
    compiling.catch(() => undefined),
  );
  await compiling;
  return nothing;
};

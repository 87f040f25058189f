/** The same hooks where Node can run them in the main thread, from 22.15 on, which spares a message for each module. */
import module, { type LoadFnOutput, type ResolveFnOutput } from "node:module";
import {
  importOf,
  isAhead,
  Loaded,
  NamesAhead,
  nothing,
  read,
  resolvedAhead,
  TextsAhead,
  type Resolved,
  type Resolving,
} from "./module-hooks.ts";

type Hooks = {
  readonly resolve: (
    specifier: string,
    context: Resolving,
    next: (specifier: string, context: Resolving) => ResolveFnOutput,
  ) => ResolveFnOutput;
  readonly load: (
    url: string,
    context: object,
    next: (url: string, context: object) => LoadFnOutput,
  ) => LoadFnOutput;
};

/** @returns whether this Node has such hooks. */
export function registerSyncHooks(onImport: (found: Resolved) => void): boolean {
  const { registerHooks } = module as { registerHooks?: (hooks: Hooks) => void };
  if (registerHooks === undefined) return false;
  const names = new NamesAhead();
  const texts = new TextsAhead();
  const loaded = new Loaded();
  registerHooks({
    resolve: (specifier, context, next) => {
      const ahead = resolvedAhead(specifier);
      if (ahead !== undefined) {
        for (const name of names.asked(specifier))
          names.keep(name, context, next(name.specifier, { ...context, parentURL: name.parentUrl }));
        return ahead;
      }
      const resolved = names.take(specifier, context) ?? next(specifier, context);
      const found = importOf(specifier, context, resolved);
      if (found !== undefined) onImport(loaded.resolved(found));
      return resolved;
    },
    load: (url, context, next) => {
      const text = texts.asked(url);
      if (text === undefined) {
        if (isAhead(url)) return nothing;
        const found = loaded.loaded(url);
        if (found !== undefined) onImport(found);
        return texts.take(url) ?? next(url, context);
      }
      const before = read(text);
      texts.keep(text, before, next(text, context));
      return nothing;
    },
  });
  return true;
}

/** The same hooks where Node can run them in the main thread, from 22.15 on, which spares a message for each module. */
import module, { type LoadFnOutput, type ResolveFnOutput } from "node:module";
import { importOf, Loaded, nothing, read, resolveAhead, TextsAhead, type Resolved } from "./module-hooks.ts";

type Resolving = { readonly parentURL?: string };
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
  const texts = new TextsAhead();
  const loaded = new Loaded();
  registerHooks({
    resolve: (specifier, context, next) => {
      const ahead = resolveAhead(specifier);
      if (ahead !== undefined) return ahead;
      const resolved = next(specifier, context);
      const found = importOf(resolved, context.parentURL);
      if (found !== undefined) onImport(loaded.resolved(found));
      return resolved;
    },
    load: (url, context, next) => {
      const asked = texts.asked(url);
      if (asked === undefined) {
        const found = loaded.loaded(url);
        if (found !== undefined) onImport(found);
        return texts.take(url) ?? next(url, context);
      }
      const before = read(asked);
      texts.keep(asked, before, next(asked, context));
      return nothing;
    },
  });
  return true;
}

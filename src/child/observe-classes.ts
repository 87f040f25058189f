/**
 * Finds FastMCP's classes, whichever copy of the package the server loads: ESM, CommonJS, several versions in one
 * workspace. FastMCP and FastMCPSession are EventEmitters, and Node initialises every emitter through one function.
 */
import { EventEmitter } from "node:events";

/** Called once for each class object of that name, before its first instance is used. */
export type ClassObserver = (prototype: Record<string, unknown>) => void;

export function observeClasses(observers: Readonly<Record<string, ClassObserver>>): void {
  const seen = new WeakSet();
  const emitterClass = EventEmitter as unknown as { init: (this: object, ...args: unknown[]) => void };
  const init = emitterClass.init;
  emitterClass.init = function initObserved(this: object, ...args: unknown[]): void {
    for (
      let prototype = Object.getPrototypeOf(this) as object | null;
      prototype !== null && prototype !== EventEmitter.prototype && !seen.has(prototype);
      prototype = Object.getPrototypeOf(prototype) as object | null
    ) {
      seen.add(prototype);
      const name = prototype.constructor.name;
      if (Object.hasOwn(observers, name)) observers[name]?.(prototype as Record<string, unknown>);
    }
    init.apply(this, args);
  };
}

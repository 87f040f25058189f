/**
 * Finds FastMCP's classes, whichever copy of the package the server loads: ESM, CommonJS, several versions in one
 * workspace. FastMCP and FastMCPSession are EventEmitters, and Node initialises every emitter through one function.
 */
import { EventEmitter } from "node:events";

/** Called once for each class object of that name, before its first instance is used. */
export type ClassObserver = (prototype: Record<string, unknown>) => void;

/** @param onInstance called for each instance of an observed class, while it is being made. */
export function observeClasses(
  observers: Readonly<Record<string, ClassObserver>>,
  onInstance: (className: string, instance: object) => void,
): void {
  const seen = new WeakSet();
  /** By the prototype that an emitter is made with: the observed class that it belongs to. */
  const classNames = new WeakMap<object, string | undefined>();
  const emitterClass = EventEmitter as unknown as { init: (this: object, ...args: unknown[]) => void };
  const init = emitterClass.init;
  emitterClass.init = function initObserved(this: object, ...args: unknown[]): void {
    const own = Object.getPrototypeOf(this) as object;
    if (!classNames.has(own)) classNames.set(own, observedClass(own));
    const name = classNames.get(own);
    if (name !== undefined) onInstance(name, this);
    init.apply(this, args);
  };

  function observedClass(own: object): string | undefined {
    let found: string | undefined;
    for (
      let prototype: object | null = own;
      prototype !== null && prototype !== EventEmitter.prototype;
      prototype = Object.getPrototypeOf(prototype) as object | null
    ) {
      const { name } = prototype.constructor;
      if (!Object.hasOwn(observers, name)) continue;
      found ??= name;
      if (!seen.has(prototype)) observers[name]?.(prototype as Record<string, unknown>);
      seen.add(prototype);
    }
    return found;
  }
}

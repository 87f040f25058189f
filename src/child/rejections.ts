/** Knows what promises were rejected with: of what is no error, the error that Node throws for it tells nothing. */

type Emit = (this: NodeJS.Process, event: string | symbol, ...args: unknown[]) => boolean;

let rejected: { readonly reason: unknown } | undefined;

/** Looks at "unhandledRejection", for which a listener would change what Node does. */
export function observeRejections(): void {
  const observed = process as unknown as { emit: Emit };
  const emit = observed.emit;
  observed.emit = function emitObserved(event, ...args): boolean {
    if (event === "unhandledRejection") {
      rejected = { reason: args[0] };
      // Node throws at once, if nobody handles it.
      queueMicrotask(() => (rejected = undefined));
    }
    return emit.call(this, event, ...args);
  };
}

/** What the server's own code threw, or rejected a promise with. @param uncaught what Node says that it was. */
export function ownThrown(uncaught: unknown): unknown {
  const isForRejection =
    uncaught instanceof Error && "code" in uncaught && uncaught.code === "ERR_UNHANDLED_REJECTION";
  return isForRejection && rejected !== undefined ? rejected.reason : uncaught;
}

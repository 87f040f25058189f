/** Discards what some code prints, and nothing of what other code prints meanwhile. */
import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import { replaceWrite } from "./replace-write.ts";

const storage = new AsyncLocalStorage<"unheard">();

/** Rejects as `run` does, when what it has begun has had a moment to come to its end. Not to be called twice at once. */
export async function unheard(run: () => Promise<void>): Promise<void> {
  const isUnheard = (): boolean => storage.getStore() !== undefined;
  const giveBack = [replaceWrite("stdout", isUnheard), replaceWrite("stderr", isUnheard)];
  try {
    await storage.run("unheard", run);
  } finally {
    await setImmediate();
    for (const give of giveBack) give();
    // While it is in use, Node follows each promise of the process, which makes every request slower.
    storage.disable();
  }
}

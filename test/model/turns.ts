/** Time in the model is turns of the event loop: short, and the same on a slow machine. */
import { setImmediate as turn } from "node:timers/promises";

export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await turn();
}

/** Does it that many turns later; at once for 0. */
export function after(count: number, action: () => void): void {
  if (count === 0) action();
  else void turns(count).then(action);
}

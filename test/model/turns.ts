/** Time in the model is turns of the event loop, each a millisecond of a clock of its own: short, and the same on a slow machine. */
import { setImmediate as turn } from "node:timers/promises";
import { vi } from "vitest";

/** From now on `setTimeout` goes by the turns. Returns what gives it its own clock back. */
export function countTurns(): () => void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let next: NodeJS.Immediate;
  const tick = (): void => {
    vi.advanceTimersByTime(1);
    next = setImmediate(tick);
  };
  tick();
  return () => {
    clearImmediate(next);
    vi.useRealTimers();
  };
}

export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await turn();
}

/** Does it that many turns later; at once for 0. */
export function after(count: number, action: () => void): void {
  if (count === 0) action();
  else void turns(count).then(action);
}

/** How long a server that crashes is left alone before it is started again: longer each time. */

const delaysMs = [0, 250, 1000, 3000, 10_000] as const;
/** A child that served this long has not "crashed at once". */
const steadyMs = 10_000;

export class Backoff {
  #crashes = 0;

  /** It has crashed, and has not served for a while since. */
  get isCrashing(): boolean {
    return this.#crashes > 0;
  }

  /** @param servedMs how long the child served that has crashed. @returns in ms */
  next(servedMs: number): number {
    if (servedMs > steadyMs) this.#crashes = 0;
    const delayMs = delaysMs[Math.min(this.#crashes, delaysMs.length - 1)] ?? 0;
    this.#crashes += 1;
    return delayMs;
  }
}

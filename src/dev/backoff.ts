/** How long a server that crashes is left alone before it is started again: longer each time. */

const delaysMs = [0, 250, 1000, 3000, 10_000] as const;
/** A child that served this long has not "crashed at once". */
const steadyMs = 10_000;

export class Backoff {
  #crashes = 0;

  /** What follows may be the crash's doing. */
  get hasCrashed(): boolean {
    return this.#crashes > 0;
  }

  /** A save may have mended it: what crashed before is no sign of what comes. */
  reset(): void {
    this.#crashes = 0;
  }

  /**
   * The time until the next start, in ms.
   * @param servedMs how long the child that is gone has served; 0 for one that has not come so far.
   */
  next(servedMs: number): number {
    if (servedMs > steadyMs) this.reset();
    const delayMs = delaysMs[Math.min(this.#crashes, delaysMs.length - 1)] ?? 0;
    this.#crashes += 1;
    return delayMs;
  }
}

/** Timers that belong together, and can be cancelled together. */

export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();

  later(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  cancel(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** After a switch, restores the sessions that nobody has asked for yet: a moment later, a few at a time. */
import type { Generations, Upstream } from "./generations.ts";

/** After a save somebody usually asks at once, and comes first. */
const delayMs = 100;
/** So few that a request which comes in between hardly waits. */
const concurrency = 2;

export class BackgroundRestore<U extends Upstream> {
  readonly #generations: Generations<U>;
  #timer: NodeJS.Timeout | undefined;

  constructor(generations: Generations<U>) {
    this.#generations = generations;
  }

  /** Replaces what still waits. `onDone` is called unless another child has come meanwhile. */
  start(
    upstream: U,
    restores: readonly (() => Promise<unknown>)[],
    onDone: () => void = () => undefined,
  ): void {
    clearTimeout(this.#timer);
    if (restores.length === 0) return;
    this.#timer = setTimeout(() => {
      const queue = [...restores];
      const workers = Array.from({ length: concurrency }, () => this.#work(upstream, queue));
      void Promise.all(workers).then(() => {
        if (this.#isCurrent(upstream)) onDone();
      });
    }, delayMs);
    this.#timer.unref();
  }

  async #work(upstream: U, queue: (() => Promise<unknown>)[]): Promise<void> {
    for (let restore = queue.shift(); restore !== undefined; restore = queue.shift()) {
      if (!this.#isCurrent(upstream)) return;
      try {
        await restore();
      } catch {
        // It is restored, and its error answered, when its client asks.
      }
    }
  }

  #isCurrent(upstream: U): boolean {
    return this.#generations.current === upstream;
  }
}

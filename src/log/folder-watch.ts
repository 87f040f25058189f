/** Says as soon as something changes in a folder, or after a while where the system does not tell. */
import { watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { identityOf } from "./log-files.ts";

export type Change = {
  /** Names that changed. */
  readonly names: ReadonlySet<string>;
  /** Time to look at everything: no names are known, or the last look is `pollMs` ago. */
  readonly all: boolean;
};

export class FolderWatch {
  readonly #folder: string;
  readonly #pollMs: number;
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | undefined;
  #watchedIdentity: string | undefined;
  #names = new Set<string>();
  #all = false;
  #lookedAtMs = performance.now();
  #wake: (() => void) | undefined;

  constructor(folder: string, options: { readonly pollMs: number; readonly signal: AbortSignal }) {
    this.#folder = folder;
    this.#pollMs = options.pollMs;
    this.#signal = options.signal;
  }

  /** Watches the folder that is there now; call it again now and then, for it may have been replaced. */
  async attach(): Promise<void> {
    const stats = await stat(this.#folder, { bigint: true }).catch(() => undefined);
    const identity = stats === undefined ? undefined : identityOf(stats);
    if (identity === this.#watchedIdentity && this.#watcher !== undefined) return;
    this.close();
    if (identity === undefined || this.#signal.aborted) return;
    try {
      const watcher = watch(this.#folder, (_, name) => this.#changed(name));
      // Out of watches, a network drive: the poll goes on.
      watcher.on("error", () => this.close());
      this.#watcher = watcher;
      this.#watchedIdentity = identity;
    } catch {
      this.#watcher = undefined;
    }
  }

  /** Waits for a change, at most until the next poll is due. */
  async next(): Promise<Change> {
    const due = this.#lookedAtMs + this.#pollMs - performance.now();
    if (this.#names.size === 0 && !this.#all && due > 0 && !this.#signal.aborted) await this.#sleep(due);
    const all = this.#all || performance.now() >= this.#lookedAtMs + this.#pollMs;
    if (all) this.#lookedAtMs = performance.now();
    const names = this.#names;
    this.#names = new Set();
    this.#all = false;
    return { names, all };
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#watchedIdentity = undefined;
  }

  #changed(name: string | null): void {
    if (name === null) this.#all = true;
    else this.#names.add(name);
    this.#wake?.();
  }

  async #sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(delayMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#signal.addEventListener("abort", this.#wake, { once: true });
    });
    if (this.#wake !== undefined) this.#signal.removeEventListener("abort", this.#wake);
    this.#wake = undefined;
  }
}

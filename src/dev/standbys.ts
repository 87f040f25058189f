/** Keeps children warm: processes that have loaded and exercised what does not change between saves, and run no code yet. */
import type { Prepare } from "../child/messages.ts";
import { ChildProcess } from "./child-process.ts";
import type { Entry } from "./entry.ts";
import { installedState } from "./installed.ts";
import { tsconfigTexts } from "./tsconfig.ts";

export type StandbysOptions = {
  readonly entry: Entry;
  /** How many are kept: with two, a save that comes right after another finds one too. 0 keeps none. */
  readonly count: number;
  /** What a child must look like now. */
  readonly prepare: () => Omit<Prepare, "type" | "entry" | "loader" | "warmUp">;
};

/** `world`: what else it was prepared for, which it may have read already. */
type Standby = { readonly child: ChildProcess; readonly world: string };

export class Standbys {
  readonly #options: StandbysOptions;
  /** The oldest, and so the warmest, first. */
  readonly #standbys: Standby[] = [];
  readonly #ending = new Set<Promise<void>>();
  #filling = false;
  #stopped = false;

  constructor(options: StandbysOptions) {
    this.#options = options;
  }

  /** The warmest child that fits, or a new one; it is the caller's from now on. */
  take(): ChildProcess {
    const wanted = this.#options.prepare();
    const world = this.#worldOf(wanted);
    for (let next = this.#standbys.shift(); next !== undefined; next = this.#standbys.shift()) {
      if (next.child.isAlive && next.world === world) return next.child;
      this.#end(next);
    }
    return this.#start(wanted, false);
  }

  /** The one that will be taken next can compile what is being saved. */
  saving(file: string): void {
    this.#standbys[0]?.child.send({ type: "saving", file });
  }

  /** Starts what is missing, one after the other. */
  fill(): void {
    const living = this.#standbys.filter(({ child }) => child.isAlive);
    if (this.#filling || this.#stopped || living.length >= this.#options.count) return;
    this.#filling = true;
    const wanted = this.#options.prepare();
    const world = this.#worldOf(wanted);
    const child = this.#start(wanted, true);
    this.#standbys.splice(0, Infinity, ...living, { child, world });
    void child.warm.then(() => {
      this.#filling = false;
      // One that ended by itself would do so again: the next switch tries anew. So it does if this one was taken meanwhile.
      if (child.isAlive && this.#standbys.some((standby) => standby.child === child)) this.fill();
    });
  }

  /** They have loaded what has changed since. */
  discard(): void {
    for (const standby of this.#standbys.splice(0)) this.#end(standby);
  }

  /** Resolves when all are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.discard();
    await Promise.all(this.#ending);
  }

  /** The variables, the packages, and how names are mapped: all may change without a save of the server's. */
  #worldOf({ env }: ReturnType<StandbysOptions["prepare"]>): string {
    const { file, project } = this.#options.entry;
    return JSON.stringify([env, installedState(file), [...tsconfigTexts(project)]]);
  }

  #start(wanted: ReturnType<StandbysOptions["prepare"]>, warmUp: boolean): ChildProcess {
    const { entry } = this.#options;
    const { file, loader } = entry;
    return new ChildProcess(entry, { type: "prepare", entry: file, loader, warmUp, ...wanted });
  }

  #end({ child }: Standby): void {
    const ending: Promise<void> = child.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

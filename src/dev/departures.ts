/** Lets children go: one that was replaced finishes what it has in flight, and every one is ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { heldPorts, type Member, type State } from "./member.ts";
import type { SupervisorEvents } from "./supervisor-options.ts";

export type DeparturesOptions = {
  /** All children that run the entry; those that are gone are taken out. */
  readonly members: Set<Member>;
  readonly drainTimeoutMs: number;
  readonly events: Pick<SupervisorEvents, "onInTheWay" | "drained" | "onLeaving">;
};

/** The machine is left alone for a moment after a switch: restored sessions come first. To end a process is work, too. */
export const restMs = 150;

export class Departures {
  readonly #options: DeparturesOptions;

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  /** Lets a replaced child finish, within the drain time. Resolves when it is gone. */
  async retire(member: Member): Promise<void> {
    const draining: State = { kind: "draining", error: undefined };
    member.state = draining;
    const rested = sleep(restMs, undefined, { ref: false });
    const finished = await this.#drained(member);
    if (member.state !== draining) return;
    this.#options.events.onLeaving(member.child.generation, finished);
    member.state = { kind: "leaving" };
    await rested;
    await this.end(member);
  }

  /**
   * Ends the others, which have ports of their own that the member needs too, and then goes on. They may finish first,
   * within the drain time, and the one that serves goes on serving meanwhile.
   * @param isWanted asked before anything is done.
   */
  async clear(
    { child }: Member,
    others: readonly Member[],
    isWanted: () => boolean,
    goOn: () => void,
  ): Promise<void> {
    this.#options.events.onInTheWay(child.generation, others.flatMap(heldPorts));
    await Promise.all(others.map((other) => this.#clearOne(other, isWanted)));
    if (isWanted()) goOn();
  }

  /** Ends it at once, whatever it does. Resolves when it is gone. */
  async end(member: Member): Promise<void> {
    member.state = { kind: "leaving" };
    await member.child.end();
    this.#options.members.delete(member);
  }

  async #clearOne(member: Member, isWanted: () => boolean): Promise<void> {
    const finished = await this.#drained(member);
    if (!isWanted()) return;
    if (member.state.kind !== "leaving") this.#options.events.onLeaving(member.child.generation, finished);
    await this.end(member);
  }

  /** Whether nothing of what it was asked is in flight any more, at the latest after the drain time. */
  #drained({ child }: Member): Promise<boolean> {
    const timeout = sleep(this.#options.drainTimeoutMs, false, { ref: false });
    return Promise.race([this.#options.events.drained(child.generation).then(() => true), timeout]);
  }
}

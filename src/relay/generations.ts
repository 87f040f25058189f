/** Which child serves now, who waits for one, and which requests each child still has in flight. */

import type { Leaving } from "./departure.ts";

export type Upstream = { readonly generation: number };

/** No child came up in time; `message` says why, for the client. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** It was waited for as long as it may be. */
export class WaitedInVainError extends UnavailableError {}

export type Bounds = {
  /** How long a request may wait for a child that serves. */
  readonly waitTimeoutMs: number;
  /** How many requests may wait at once. */
  readonly waitingMax: number;
};

/** A connection to a child breaks before the end of its process, and the reason for it, are known. */
export const lossGraceMs = 1000;
/** Of so many children it is remembered why they are gone. */
const mostLosses = 100;

type Waiter<U> = { readonly resolve: (upstream: U) => void; readonly reject: (error: Error) => void };

export class Generations<U extends Upstream> {
  readonly bounds: Bounds;
  readonly #waiters = new Set<Waiter<U>>();
  readonly #inFlight = new Map<number, number>();
  readonly #drained = new Map<number, (() => void)[]>();
  readonly #listeners = new Set<
    (current: U | undefined, lost: { generation: number; why: string } | undefined) => void
  >();
  readonly #losses = new Map<number, string>();
  #calls = 0;
  #lastCallAt = 0;
  #current: U | undefined;
  #why = "the server has not started yet";

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  get current(): U | undefined {
    return this.#current;
  }

  /** Called after every change: a new child serves, or (with `lost`) a child is gone. */
  onChange(
    listener: (current: U | undefined, lost: { generation: number; why: string } | undefined) => void,
  ): void {
    this.#listeners.add(listener);
  }

  /** From now on new requests go to this child. */
  use(upstream: U): void {
    this.#current = upstream;
    for (const listener of this.#listeners) listener(upstream, undefined);
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.resolve(upstream);
  }

  /** A child is gone. What it had in flight is lost; if it was the current one, new requests wait. */
  lose(generation: number, why: string): void {
    if (this.#current?.generation === generation) {
      this.#current = undefined;
      this.#why = why;
    }
    this.#losses.set(generation, why);
    this.#losses.delete(generation - mostLosses);
    for (const listener of this.#listeners) listener(this.#current, { generation, why });
    this.#inFlight.delete(generation);
    this.#settleDrained(generation);
  }

  /** Why nothing serves, for those who wait in vain. */
  explain(why: string): void {
    if (this.#current === undefined) this.#why = why;
  }

  /** What a client is told that waited in vain. */
  get whyUnavailable(): string {
    return `The MCP server is not running: ${this.#why}`;
  }

  /**
   * The current child, or the next one.
   * @throws WaitedInVainError when none serves within `timeoutMs`; UnavailableError when too many wait; any other error when
   * the signal is aborted.
   */
  wait(signal?: Leaving, timeoutMs = this.bounds.waitTimeoutMs): Promise<U> {
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    if (signal?.aborted === true) return Promise.reject(new Error("the client left"));
    if (this.#waiters.size >= this.bounds.waitingMax)
      return Promise.reject(new UnavailableError(this.whyUnavailable));
    return new Promise((resolve, reject) => {
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          this.#waiters.delete(waiter);
          done(value);
        };
      const waiter: Waiter<U> = { resolve: settle(resolve), reject: settle(reject) };
      const timer = setTimeout(() => waiter.reject(new WaitedInVainError(this.whyUnavailable)), timeoutMs);
      const abort = (): void => waiter.reject(new Error("the client left"));
      signal?.addEventListener("abort", abort);
      this.#waiters.add(waiter);
    });
  }

  /** Resolves when that child serves no more, or after `timeoutMs`. */
  left(generation: number, timeoutMs: number): Promise<void> {
    return this.#until(() => this.#current?.generation !== generation, timeoutMs);
  }

  /** Resolves with the reason when that child is gone; with `undefined` if it is still there after `timeoutMs`. */
  async whyLost(generation: number, timeoutMs: number): Promise<string | undefined> {
    await this.#until(() => this.#losses.has(generation), timeoutMs);
    return this.#losses.get(generation);
  }

  #until(isSo: () => boolean, timeoutMs: number): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve();
      };
      const listener = (): void => {
        if (isSo()) settle();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.#listeners.add(listener);
    });
  }

  /** Calls back each time that something changes and that child does not serve, until the returned function is called. */
  onLeft(generation: number, callback: () => void): () => void {
    const listener = (current: U | undefined): void => {
      if (current?.generation !== generation) callback();
    };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Counts a request as in flight in that child until the returned function is called (once is enough). */
  lease(generation: number): () => void {
    this.#inFlight.set(generation, (this.#inFlight.get(generation) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.#inFlight.get(generation) ?? 1) - 1;
      if (left > 0) this.#inFlight.set(generation, left);
      else this.#inFlight.delete(generation);
      this.#settleDrained(generation);
    };
  }

  /** As `lease`, for a request that the server's own code works on. */
  leaseCall(generation: number): () => void {
    const release = this.lease(generation);
    this.#calls += 1;
    let held = true;
    return () => {
      release();
      if (!held) return;
      held = false;
      this.#calls -= 1;
      this.#lastCallAt = Date.now();
    };
  }

  /** When a call was last in flight, in whichever child, in ms since the epoch: now if one is. */
  get lastCallAt(): number {
    return this.#calls > 0 ? Date.now() : this.#lastCallAt;
  }

  /** Resolves when that child has nothing in flight. */
  drained(generation: number): Promise<void> {
    if (!this.#inFlight.has(generation)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.set(generation, [...(this.#drained.get(generation) ?? []), resolve]);
    });
  }

  #settleDrained(generation: number): void {
    if (this.#inFlight.has(generation)) return;
    for (const resolve of this.#drained.get(generation) ?? []) resolve();
    this.#drained.delete(generation);
  }
}

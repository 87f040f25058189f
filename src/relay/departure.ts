/** Tells that a client has left, or withdrew. Does what an AbortSignal does, which costs more than the rest of a small request. */

/** What is used of an AbortSignal; so either will do. */
export type Leaving = {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
};

export class Departure implements Leaving {
  aborted = false;
  #listeners: Set<() => void> | undefined;

  /** One that tells when any of these does. */
  static any(...others: readonly Leaving[]): Departure {
    const any = new Departure();
    for (const other of others) {
      if (other.aborted) any.abort();
      else other.addEventListener("abort", () => any.abort());
    }
    return any;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (!this.aborted) (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}

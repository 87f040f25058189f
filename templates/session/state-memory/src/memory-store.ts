/** Keeps the state of sessions in this process: as many as fit, each as long as it is used. */
import { newState, type SessionState } from "./session-state.ts";
import { stateExpiryMs, type StateStore } from "./state-store.ts";

export type MemoryStoreOptions = {
  readonly maxSessions?: number;
  readonly expiryMs?: number;
  readonly now?: () => number;
};

type Entry = { readonly state: SessionState; readonly expiresAt: number };

export class MemoryStore implements StateStore {
  /** Least recently used first: a changed entry is put at the end. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxSessions: number;
  readonly #expiryMs: number;
  readonly #now: () => number;

  constructor({ maxSessions = 10_000, expiryMs = stateExpiryMs, now = Date.now }: MemoryStoreOptions = {}) {
    this.#maxSessions = maxSessions;
    this.#expiryMs = expiryMs;
    this.#now = now;
  }

  get size(): number {
    this.#expire();
    return this.#entries.size;
  }

  /** What `read` answers, at once. */
  peek(key: string): SessionState | undefined {
    this.#expire();
    return this.#entries.get(key)?.state;
  }

  put(key: string, state: SessionState): void {
    this.#expire();
    this.#entries.delete(key);
    this.#entries.set(key, { state, expiresAt: this.#now() + this.#expiryMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxSessions) break;
      this.#entries.delete(oldest);
    }
  }

  read(key: string): Promise<SessionState | undefined> {
    return Promise.resolve(this.peek(key));
  }

  update(key: string, change: (state: SessionState) => SessionState): Promise<SessionState> {
    const state = change(this.peek(key) ?? newState());
    this.put(key, state);
    return Promise.resolve(state);
  }

  drop(key: string): Promise<void> {
    this.#entries.delete(key);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#entries.clear();
    return Promise.resolve();
  }

  /** All entries live equally long, so those that are due are the first ones. */
  #expire(): void {
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > this.#now()) break;
      this.#entries.delete(key);
    }
  }
}

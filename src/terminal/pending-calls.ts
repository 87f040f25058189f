/** Remembers requests until their answers come, so that both are one line; forgets the oldest when a client floods. */
import { textField, type Foreign } from "./foreign.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { Direction } from "../log/record.ts";

export type PendingCall = {
  readonly dir: Direction;
  readonly request: RequestSummary;
  readonly time: string;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly session: string | undefined;
  /** The whole message, kept only if it will be shown. */
  readonly body: unknown;
};

const mostPending = 20_000;

export class PendingCalls {
  readonly #calls = new Map<string, PendingCall>();

  add(record: Foreign, call: PendingCall): void {
    const key = keyOf(record, call.dir);
    if (key === undefined) return;
    this.#calls.delete(key);
    this.#calls.set(key, call);
    if (this.#calls.size <= mostPending) return;
    const oldest = this.#calls.keys().next();
    if (oldest.done !== true) this.#calls.delete(oldest.value);
  }

  get(record: Foreign, dir: Direction, id?: string): PendingCall | undefined {
    return this.#calls.get(keyOf(record, dir, id) ?? "");
  }

  /** @param dir of the request. */
  take(record: Foreign, dir: Direction, id?: string): PendingCall | undefined {
    const key = keyOf(record, dir, id);
    if (key === undefined) return undefined;
    const call = this.#calls.get(key);
    this.#calls.delete(key);
    return call;
  }

  /** The same, and all stay. */
  all(): IterableIterator<PendingCall> {
    return this.#calls.values();
  }

  /** All that is still waited for, oldest first. */
  takeAll(): PendingCall[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    return calls;
  }

  /** All that a session still waits for. */
  takeSession(session: string): PendingCall[] {
    const start = `${session}\n`;
    const keys = [...this.#calls.keys()].filter((key) => key.startsWith(start));
    return keys.flatMap((key) => {
      const call = this.#calls.get(key);
      this.#calls.delete(key);
      return call ?? [];
    });
  }
}

/** Ids are per session and side; what has no session yet is told apart by its generation at least. */
function keyOf(
  record: Foreign,
  dir: Direction,
  id = textField(record, "jsonrpc.request.id"),
): string | undefined {
  if (id === undefined) return undefined;
  return `${textField(record, "session") ?? ""}\n${dir}\n${id}`;
}

/** Remembers something for each request until its answer comes, within bounds. */
import type { RequestRecord, ResponseRecord } from "./record.ts";

export class OpenCalls<Value> {
  readonly #calls = new Map<string, Value>();
  readonly #most: number;

  /** @param most more than these are never open at once; the oldest is given up first. */
  constructor(most = 20_000) {
    this.#most = most;
  }

  /** @returns what was given up to make room: the same request again, or the oldest. */
  add(log: string, request: RequestRecord, value: Value): Value | undefined {
    const key = callKey(log, request);
    const same = this.#calls.get(key);
    this.#calls.delete(key);
    this.#calls.set(key, value);
    return same ?? (this.#calls.size > this.#most ? this.takeOldest() : undefined);
  }

  take(log: string, response: ResponseRecord): Value | undefined {
    return this.#take(callKey(log, response));
  }

  takeOldest(): Value | undefined {
    const oldest = this.#calls.keys().next();
    return oldest.done === true ? undefined : this.#take(oldest.value);
  }

  values(): IterableIterator<Value> {
    return this.#calls.values();
  }

  #take(key: string): Value | undefined {
    const value = this.#calls.get(key);
    this.#calls.delete(key);
    return value;
  }
}

/** The same for a request and its answer: ids are per session and side. */
export function callKey(log: string, record: RequestRecord | ResponseRecord): string {
  const isClientAsking = (record.kind === "request") === (record.dir === "c2s");
  return `${log}\n${record.session ?? ""}\n${isClientAsking ? "client" : "server"}\n${record["jsonrpc.request.id"] ?? ""}`;
}

/** Remembers something for each request until its answer comes, within bounds. */
import type { LogRecord, RequestRecord, ResponseRecord } from "./record.ts";

export class OpenCalls<Value> {
  readonly #calls = new Map<string, Value>();
  readonly #most: number;

  /** @param most more than these are never open at once; the oldest is given up first. */
  constructor(most = 20_000) {
    this.#most = most;
  }

  /** @returns what was given up to make room: the same request again, or the oldest. */
  add(log: string, request: RequestRecord, value: Value): Value | undefined {
    const key = keyOf(log, request, request.dir);
    const same = this.#calls.get(key);
    this.#calls.delete(key);
    this.#calls.set(key, value);
    return same ?? (this.#calls.size > this.#most ? this.takeOldest() : undefined);
  }

  take(log: string, response: ResponseRecord): Value | undefined {
    return this.#take(keyOf(log, response, response.dir === "c2s" ? "s2c" : "c2s"));
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

/** Ids are per session and side. */
function keyOf(log: string, record: LogRecord | RequestRecord | ResponseRecord, asked: string): string {
  return `${log}\n${record.session ?? ""}\n${asked}\n${record["jsonrpc.request.id"] ?? ""}`;
}

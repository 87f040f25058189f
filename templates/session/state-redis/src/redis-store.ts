/** Keeps the state of sessions in Redis, where it outlives this process and other processes see it. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Log } from "./log.ts";
import { newState, parseState, type SessionState } from "./session-state.ts";
import { stdioKey } from "./session-states.ts";
import { stateExpiryMs, type StateStore } from "./state-store.ts";

const defaultPrefix = "my-fastmcp-server:session:";

export type RedisStoreOptions = {
  readonly url: string;
  readonly log: Log;
  /** In front of every key: several servers can share one Redis. */
  readonly prefix?: string;
  readonly expiryMs?: number;
};

/** Sets a key if it still holds what was read: 1 if so, 0 if another call was quicker. */
const setIfUnchanged = `
local now = redis.call("GET", KEYS[1]) or ""
if now ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
return 1
`;

export class RedisStore implements StateStore {
  /** Each stdio process is a session of its own, in a store that all of them share. */
  stdioName: string = randomUUID();

  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #expiryMs: number;

  constructor({ url, log, prefix = defaultPrefix, expiryMs = stateExpiryMs }: RedisStoreOptions) {
    // A call fails when Redis does not answer, instead of waiting for it; the connection comes back by itself.
    this.#redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2 });
    this.#redis.on("error", (error: Error) => log(`redis: ${error.message}`));
    this.#prefix = prefix;
    this.#expiryMs = expiryMs;
  }

  async read(key: string): Promise<SessionState | undefined> {
    return parse(await this.#redis.get(this.#name(key)));
  }

  async update(key: string, change: (state: SessionState) => SessionState): Promise<SessionState> {
    const name = this.#name(key);
    for (;;) {
      const before = await this.#redis.get(name);
      const state = change(parse(before) ?? newState());
      const after = JSON.stringify(state);
      const done = await this.#redis.eval(setIfUnchanged, 1, name, before ?? "", after, this.#expiryMs);
      if (done === 1) return state;
    }
  }

  async drop(key: string): Promise<void> {
    await this.#redis.del(this.#name(key));
  }

  /** What was asked before is still done. */
  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  #name(key: string): string {
    return `${this.#prefix}${key === stdioKey ? `${stdioKey}:${this.stdioName}` : key}`;
  }
}

function parse(text: string | null): SessionState | undefined {
  return text === null ? undefined : parseState(JSON.parse(text));
}

/** Has, in memory, what the server's OAuth proxy knows of its callers, so that a save signs nobody out. */
import type { SignInAnswer, SignInKeys, SignInRequest } from "../child/messages.ts";

type Stored = { readonly value: unknown; readonly expiresAt: number };

export class SignIns {
  readonly #keys = new Map<string, SignInKeys>();
  readonly #stored = new Map<string, Map<string, Stored>>();

  answer(request: SignInRequest): SignInAnswer {
    const { proxy, id } = request;
    if (request.call === "keys") return { id, keys: this.#keysOf(proxy, request.keys) };
    const stored = this.#storedOf(proxy);
    const { key } = request;
    const value = stored.get(key)?.value;
    if (request.call === "save")
      stored.set(key, { value: request.value, expiresAt: end(request.ttlSeconds) });
    else if (request.call !== "get") stored.delete(key);
    return { id, value };
  }

  /** The first process has made them up; those after it use the same. */
  #keysOf(proxy: string, made: SignInKeys): SignInKeys {
    const known = this.#keys.get(proxy);
    const keys = made.map((key, index) => known?.[index] ?? key);
    this.#keys.set(proxy, keys);
    return keys;
  }

  #storedOf(proxy: string): Map<string, Stored> {
    const stored = this.#stored.get(proxy) ?? new Map<string, Stored>();
    this.#stored.set(proxy, stored);
    for (const [key, { expiresAt }] of stored) if (expiresAt <= Date.now()) stored.delete(key);
    return stored;
  }
}

/** FastMCP's own storage has no end for what has none, or 0. */
function end(ttlSeconds: number | undefined): number {
  return ttlSeconds ? Date.now() + ttlSeconds * 1000 : Infinity;
}

/** Remembers which user opened which HTTP session. */

/** Ids of sessions that never were can be claimed too; the oldest claims make room. */
const maxClaims = 10_000;

export class SessionOwners {
  readonly #userOf = new Map<string, string>();

  /** True if the session is this user's; the first to name a session, right after it was opened, is its owner. */
  claim(sessionId: string, user: string): boolean {
    const owner = this.#userOf.get(sessionId);
    if (owner !== undefined) return owner === user;
    this.#userOf.set(sessionId, user);
    const [oldest] = this.#userOf.keys();
    if (this.#userOf.size > maxClaims && oldest !== undefined) this.#userOf.delete(oldest);
    return true;
  }

  drop(sessionId: string): void {
    this.#userOf.delete(sessionId);
  }
}

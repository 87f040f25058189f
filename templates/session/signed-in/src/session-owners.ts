/** Remembers which user opened which HTTP session. */

/** Ids of sessions that never were can be claimed too; the oldest claims of the same user make room. */
const maxClaims = 10_000;

export class SessionOwners {
  readonly #userOf = new Map<string, string>();

  /** True if the session is this user's; the first to name a session, right after it was opened, is its owner. */
  claim(sessionId: string, user: string): boolean {
    const owner = this.#userOf.get(sessionId);
    if (owner !== undefined) return owner === user;
    this.#userOf.set(sessionId, user);
    if (this.#userOf.size > maxClaims) this.#dropOldestOf(user);
    return true;
  }

  /** Nobody makes others lose their sessions by naming many. */
  #dropOldestOf(user: string): void {
    for (const [sessionId, owner] of this.#userOf) {
      if (owner !== user) continue;
      this.#userOf.delete(sessionId);
      return;
    }
  }

  drop(sessionId: string): void {
    this.#userOf.delete(sessionId);
  }
}

/** Remembers which user opened which HTTP session. */

/** Of one user, so that nobody makes others lose theirs: ids of sessions that never were can be claimed too. */
const maxClaims = 10_000;

export class SessionOwners {
  readonly #userOf = new Map<string, string>();
  /** User → ids, the oldest first. */
  readonly #claimsOf = new Map<string, Set<string>>();

  /** True if the session is this user's; the first to name a session, right after it was opened, is its owner. */
  claim(sessionId: string, user: string): boolean {
    const owner = this.#userOf.get(sessionId);
    if (owner !== undefined) return owner === user;
    this.#userOf.set(sessionId, user);
    const claims = this.#claimsOf.get(user) ?? new Set();
    this.#claimsOf.set(user, claims.add(sessionId));
    const [oldest] = claims;
    if (oldest !== undefined && claims.size > maxClaims) this.drop(oldest);
    return true;
  }

  drop(sessionId: string): void {
    const user = this.#userOf.get(sessionId);
    if (user === undefined) return;
    this.#userOf.delete(sessionId);
    const claims = this.#claimsOf.get(user);
    claims?.delete(sessionId);
    if (claims?.size === 0) this.#claimsOf.delete(user);
  }
}

/** Notices what the server writes while clients call it: its data, with which each call would be a reload. */

/** What one call writes may be seen in pieces. */
const piecesMs = 250;

export class CallWrites {
  /** Globs of what was written during a call, and when, in ms since the epoch. */
  readonly #suspected = new Map<string, number>();
  readonly #own = new Set<string>();

  /** @param globs that name a file. */
  has(globs: readonly string[]): boolean {
    return globs.some((glob) => this.#own.has(glob));
  }

  /**
   * Takes a save. What is written in two calls in a row, and by nobody in between, is the server's.
   * @param saved of each file the globs that name it, the narrowest first; none if it cannot be data.
   * @param at ms since the epoch.
   * @param isCalled a call is in flight, or was until just before.
   * @returns globs of what is known to be the server's from now on.
   */
  find(saved: readonly (readonly string[])[], at: number, isCalled: boolean): readonly string[] {
    const unknown = saved.filter((globs) => !this.has(globs));
    // A person who saves data and code at once has saved both.
    if (!isCalled || saved.some((globs) => globs.length === 0)) {
      for (const glob of unknown.flat()) this.#suspected.delete(glob);
      return [];
    }
    const isSeenAgain = (glob: string): boolean => at - (this.#suspected.get(glob) ?? at) >= piecesMs;
    const found = new Set(unknown.flatMap((globs) => globs.find(isSeenAgain) ?? []));
    for (const glob of found) this.#own.add(glob);
    for (const globs of unknown) {
      // One file that is written again and again says nothing of those beside it.
      if (this.has(globs)) for (const glob of globs) this.#suspected.delete(glob);
      else for (const glob of globs) this.#suspected.set(glob, this.#suspected.get(glob) ?? at);
    }
    return [...found];
  }
}

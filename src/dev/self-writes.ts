/** Notices that the server itself writes a file each time it starts, which would reload it for ever. */

/** A person does not save the same file so soon after every start, so often in a row. */
const soonMs = 1500;
const inARow = 4;

export class SelfWrites {
  readonly #counts = new Map<string, number>();
  readonly #own = new Set<string>();

  /**
   * What is left of a save without the server's own files.
   * @param startedAt when the last child was started, ms since the epoch.
   * @param isFound asked when a file looks like one of them; said once for each that is.
   */
  without(
    files: readonly string[],
    at: number,
    startedAt: number,
    isFound: (file: string) => boolean,
  ): readonly string[] {
    // One that is found now has been announced as a save, and is one for the last time.
    const left = files.filter((file) => !this.#own.has(file));
    const isSoon = at - startedAt < soonMs;
    for (const file of this.#counts.keys()) if (!isSoon || !files.includes(file)) this.#counts.delete(file);
    for (const file of isSoon ? files : []) {
      const count = (this.#counts.get(file) ?? 0) + 1;
      this.#counts.set(file, count);
      if (count === inARow && !this.#own.has(file) && isFound(file)) this.#own.add(file);
    }
    return left;
  }

  has(file: string): boolean {
    return this.#own.has(file);
  }
}

/** Finds what somebody may have meant by a name that does not exist. */

/** The known name that is few letters away. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const mostSteps = Math.min(Math.floor(name.length / 2), Math.max(2, Math.floor(name.length / 3)));
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  if (best !== undefined && best.steps <= mostSteps) return best.candidate;
  return wanted.length < 3
    ? undefined
    : known.find((candidate) => candidate.toLowerCase().includes(wanted) || wanted.includes(candidate));
}

/** Levenshtein's: letters to insert, delete or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

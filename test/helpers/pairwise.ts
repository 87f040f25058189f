/** Chooses few of many combinations of options, so that what has to be among them is. */

type Combination = Readonly<Record<string, unknown>>;

/** Every two values of different options meet in one of them. */
export function pairwise<T extends Combination>(all: readonly T[]): readonly T[] {
  return cover(all, pairsOf);
}

/** Every value is in one of them. */
export function eachOnce<T extends Combination>(all: readonly T[]): readonly T[] {
  return cover(all, valuesOf);
}

/** Greedy: each time the combination with most that was not there yet. The same answer for the same question. */
function cover<T extends Combination>(
  all: readonly T[],
  partsOf: (each: T) => readonly string[],
): readonly T[] {
  const open = new Set(all.flatMap(partsOf));
  const chosen: T[] = [];
  while (open.size > 0) {
    const gain = (each: T): number => partsOf(each).filter((part) => open.has(part)).length;
    const best = all.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    for (const part of partsOf(best)) open.delete(part);
    chosen.push(best);
  }
  return chosen;
}

export function valuesOf(combination: Combination): string[] {
  return Object.entries(combination).map(([name, value]) => `${name}=${String(value)}`);
}

export function pairsOf(combination: Combination): string[] {
  const values = valuesOf(combination);
  return values.flatMap((one, index) => values.slice(index + 1).map((other) => `${one} ${other}`));
}

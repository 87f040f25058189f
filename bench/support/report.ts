/** What a benchmark hands back: a table, and the figures that must be reached. */

/** A number is milliseconds unless the column's name says otherwise. */
export type Cell = string | number;

/** A figure that must be reached. */
export type Must = {
  readonly what: string;
  readonly limit: string;
  readonly is: string;
  readonly reached: boolean;
};

export type Report = {
  readonly title: string;
  /** How to read it, in a line or two. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly musts: readonly Must[];
};

export function atMost(what: string, value: number, limit: number, unit: string): Must {
  return must(what, "≤", value, limit, unit, value <= limit);
}

export function atLeast(what: string, value: number, limit: number, unit: string): Must {
  return must(what, "≥", value, limit, unit, value >= limit);
}

function must(
  what: string,
  sign: string,
  value: number,
  limit: number,
  unit: string,
  reached: boolean,
): Must {
  return { what, limit: `${sign} ${amount(limit, unit)}`, is: amount(value, unit), reached };
}

function amount(value: number, unit: string): string {
  return unit === "" ? figure(value) : `${figure(value)} ${unit}`;
}

/** As many digits as mean something. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
}

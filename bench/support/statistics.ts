/** What is told of many measurements. */

export type Summary = {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
};

export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new Error("nothing was measured");
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? rank(0.5) : ((sorted[middle - 1] ?? NaN) + rank(0.5 + 1e-9)) / 2;
  return { count: values.length, min: rank(0), median, p95: rank(0.95), max: rank(1) };
}

/** The value that this share does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Counts durations in a fixed amount of memory; what it says of them is at most one per cent off. */

const smallestMs = 0.01;
const ratio = 1.02;
const logRatio = Math.log(ratio);
/** Up to some eleven days. */
const buckets = 1280;

export class DurationHistogram {
  #counts: Uint32Array | undefined;
  #count = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  add(durationMs: number): void {
    if (!Number.isFinite(durationMs)) return;
    const ms = Math.max(0, durationMs);
    const counts = (this.#counts ??= new Uint32Array(buckets));
    const bucket = bucketOf(ms);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#minMs = Math.min(this.#minMs, ms);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  get count(): number {
    return this.#count;
  }

  /** `undefined` while nothing was counted. */
  get minMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#minMs;
  }

  get maxMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#maxMs;
  }

  /** The duration that so many of a hundred did not exceed (nearest rank). */
  percentileMs(percent: number): number | undefined {
    if (this.#count === 0 || this.#counts === undefined) return undefined;
    let left = Math.max(1, Math.ceil((percent / 100) * this.#count));
    if (left === this.#count) return this.#maxMs;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return rounded(Math.min(this.#maxMs, Math.max(this.#minMs, middleOf(bucket))));
    }
    return this.#maxMs;
  }

  /** How many fell into each of so many parts of a range, which are equally wide on a logarithmic scale. */
  spread(fromMs: number, toMs: number, parts: number): number[] {
    const spread = new Array<number>(parts).fill(0);
    const start = Math.log(Math.max(smallestMs, fromMs));
    const width = Math.max(logRatio, Math.log(Math.max(smallestMs, toMs)) - start);
    for (const [bucket, count] of this.#counts?.entries() ?? []) {
      if (count === 0) continue;
      const place = Math.floor(((Math.log(middleOf(bucket)) - start) / width) * parts);
      const part = Math.min(parts - 1, Math.max(0, place));
      spread[part] = (spread[part] ?? 0) + count;
    }
    return spread;
  }
}

function bucketOf(ms: number): number {
  if (ms <= smallestMs) return 0;
  return Math.min(buckets - 1, 1 + Math.floor(Math.log(ms / smallestMs) / logRatio));
}

function middleOf(bucket: number): number {
  return bucket === 0 ? smallestMs : smallestMs * ratio ** (bucket - 0.5);
}

/** To the microsecond, as durations are recorded. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

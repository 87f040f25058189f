/** Puts the entries of several logs in the order of their times; within one log the order of the file stays. */
import { timeOf, type Entry } from "./decode.ts";

type Batches = AsyncIterable<readonly Entry[]>;

export async function* mergeByTime(logs: readonly Batches[]): AsyncGenerator<readonly Entry[]> {
  const [only, ...others] = logs;
  if (only === undefined) return;
  if (others.length === 0) {
    yield* only;
    return;
  }
  const cursors = await Promise.all(logs.map((log) => Cursor.open(log)));
  let merged: Entry[] = [];
  for (;;) {
    let first: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.entry !== undefined && (first === undefined || cursor.time < first.time)) first = cursor;
    }
    if (first?.entry === undefined) break;
    merged.push(first.entry);
    if (!first.advance()) {
      yield merged;
      merged = [];
      await first.refill();
    }
  }
  if (merged.length > 0) yield merged;
}

class Cursor {
  /** When its entry happened; an unreadable line counts with the line before it. */
  time = "";
  readonly #batches: AsyncIterator<readonly Entry[], unknown>;
  #batch: readonly Entry[] = [];
  #index = 0;

  private constructor(batches: AsyncIterator<readonly Entry[], unknown>) {
    this.#batches = batches;
  }

  static async open(log: Batches): Promise<Cursor> {
    const cursor = new Cursor(log[Symbol.asyncIterator]());
    await cursor.refill();
    return cursor;
  }

  get entry(): Entry | undefined {
    return this.#batch[this.#index];
  }

  /** @returns false at the end of what was read. */
  advance(): boolean {
    this.#index += 1;
    return this.#update();
  }

  async refill(): Promise<void> {
    do {
      const next = await this.#batches.next();
      this.#index = 0;
      this.#batch = next.done === true ? [] : next.value;
      if (next.done === true) return;
    } while (!this.#update());
  }

  #update(): boolean {
    const { entry } = this;
    if (entry === undefined) return false;
    const time = timeOf(entry);
    // Never back: a record that is a little late in its file must not be passed by those behind it.
    if (time !== undefined && time > this.time) this.time = time;
    return true;
  }
}

/** Takes records at once and hands them on in the same order a moment later: no message waits for the log or the terminal. */
import type { RecordInput, Recorder } from "./record.ts";

/** A client that has its answer asks again at once: what it asks goes first. */
const laterMs = 1;

export class LaterRecorder {
  readonly #recorder: Recorder;
  #waiting: { readonly record: RecordInput; readonly at: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  readonly record: Recorder = (record, at = Date.now()) => {
    this.#waiting.push({ record, at });
    this.#timer ??= setTimeout(() => this.flush(), laterMs);
  };

  /** Hands on what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { record, at } of waiting) this.#recorder(record, at);
  }
}

/** Takes records at once and hands them on in the same order a moment later: no message waits for the log or the terminal. */
import type { RecordInput, Recorder } from "./record.ts";

export class LaterRecorder {
  readonly #recorder: Recorder;
  #waiting: { readonly record: RecordInput; readonly at: number }[] = [];
  #immediate: NodeJS.Immediate | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  readonly record: Recorder = (record, at = Date.now()) => {
    this.#waiting.push({ record, at });
    // What this turn of the event loop still has to write to a client or a child comes first.
    this.#immediate ??= setImmediate(() => this.flush());
  };

  /** Hands on what waits. */
  flush(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { record, at } of waiting) this.#recorder(record, at);
  }
}

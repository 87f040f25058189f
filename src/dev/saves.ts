/** Saves that are a reason for a reload: what the watcher sees, without what the server writes by itself. */
import { relative } from "node:path";
import type { Recorder } from "../log/record.ts";
import { SaveReasons, type SaveReasonsOptions } from "./save-reasons.ts";
import { SelfWrites } from "./self-writes.ts";
import { Watcher } from "./watcher.ts";

export type SavesOptions = SaveReasonsOptions & {
  readonly recorder: Recorder;
  /** A file may have been changed, and `onSave` may follow. */
  readonly onTouch: (file: string) => void;
  /** Something is being saved; `onSave` follows. */
  readonly onChange: () => void;
  /** Absolute paths whose content changed, and when the first of them was seen, in ms since the epoch. */
  readonly onSave: (files: readonly string[], at: number) => void;
};

/** A server that writes what it imports, and then fails, is not started for ever. */
const mostRetries = 3;

export class Saves {
  readonly #options: SavesOptions;
  readonly #reasons: SaveReasons;
  readonly #selfWrites = new SelfWrites();
  readonly #watcher: Watcher;
  #lastRunAt = 0;
  /** Files that were written while a start failed, and how often that came in a row. */
  #retried: ReadonlySet<string> = new Set();
  #retries = 0;

  constructor(options: SavesOptions) {
    this.#options = options;
    this.#reasons = new SaveReasons(options);
    this.#watcher = new Watcher({
      reasons: this.#reasons,
      onTouch: options.onTouch,
      onChange: (file) => {
        if (!this.#selfWrites.has(file)) options.onChange();
      },
      onSave: (files, at) => this.#saved(files, at),
      onError: ({ message }) => {
        const hint = "saves there are not noticed; --ignore <glob> leaves it out";
        this.#say(`cannot watch everything: ${message} (${hint})`);
      },
    });
  }

  /** A child was started, or serves: what it writes right after that is its own. */
  serverRan(): void {
    this.#lastRunAt = Date.now();
  }

  /** Files that the server has imported since `ranAt`, in ms since the epoch. */
  addImported(files: readonly string[], ranAt: number): void {
    this.#watcher.addImported(files, ranAt);
  }

  /**
   * The last start failed. If it may have read a file half written, that file counts as saved once more.
   * @param files absolute paths of the saves that it was for.
   */
  startFailed(files: readonly string[]): void {
    if (this.#retries >= mostRetries) return;
    this.#retried = new Set(this.#watcher.takeWritten(files, this.#lastRunAt));
    if (this.#retried.size > 0) this.#retries += 1;
  }

  /** Notices at once what was written right after the last save. */
  look(): void {
    this.#watcher.look();
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }

  #saved(saved: readonly string[], at: number): void {
    const files = this.#selfWrites.without(saved, at, this.#lastRunAt, (file) => {
      if (this.#reasons.isImported(file) || this.#reasons.isAskedFor(file)) return false;
      const name = relative(this.#options.project, file);
      this.#say(
        `the server writes ${name} whenever it starts, so saving it reloads no more (--watch ${name} makes it)`,
      );
      return true;
    });
    if (files.length === 0) return;
    if (files.some((file) => !this.#retried.has(file))) this.#retries = 0;
    this.#options.onSave(files, at);
  }

  #say(message: string): void {
    this.#options.recorder({ kind: "error", body: { message } });
  }
}

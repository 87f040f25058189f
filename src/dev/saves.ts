/** Saves that are a reason for a reload: what the watcher sees, without what the server writes by itself. */
import { relative } from "node:path";
import type { ErrorReport } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import { CallWrites } from "./call-writes.ts";
import { missingFiles } from "./missing-files.ts";
import { isCode, SaveReasons, type SaveReasonsOptions } from "./save-reasons.ts";
import { SelfWrites } from "./self-writes.ts";
import { tsconfigTexts } from "./tsconfig.ts";
import { stateOf, Watcher } from "./watcher.ts";

export type SavesOptions = SaveReasonsOptions & {
  readonly recorder: Recorder;
  /** When a call was last in flight, in ms since the epoch: now if one is. */
  readonly lastCallAt: () => number;
  /** A file may have been changed, and `onSave` may follow. */
  readonly onTouch: (file: string) => void;
  /** Something is being saved; `onSave` follows. */
  readonly onChange: () => void;
  /** Absolute paths whose content changed, and when the first of them was seen, in ms since the epoch. */
  readonly onSave: (files: readonly string[], at: number) => void;
};

/** What a call leaves to be written when it has been answered is written by then. */
const afterCallMs = 1000;
/** A server that writes what it imports, and then fails, is not started for ever. */
const mostRetries = 3;

export class Saves {
  readonly #options: SavesOptions;
  readonly #reasons: SaveReasons;
  readonly #selfWrites = new SelfWrites();
  readonly #callWrites = new CallWrites();
  readonly #watcher: Watcher;
  #lastRunAt = 0;
  /** `onChange` was called, so `onSave` must be. */
  #announced = false;
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
        if (this.#isOwn(file)) return;
        this.#announced = true;
        options.onChange();
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
    this.addImported([...tsconfigTexts(this.#options.project).keys()], this.#lastRunAt);
  }

  /** Files that the server has imported since `ranAt`, in ms since the epoch. */
  addImported(files: readonly string[], ranAt: number): void {
    this.#watcher.addImported(files, ranAt);
  }

  /**
   * The last start failed. If it may have read a file half written, that file counts as saved once more.
   * @param files absolute paths of the saves that it was for.
   */
  startFailed(files: readonly string[], { message }: ErrorReport): void {
    this.#watcher.addMissing(missingFiles(message));
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

  #isOwn(file: string): boolean {
    return this.#selfWrites.has(file) || this.#callWrites.has(this.#dataGlobs(file));
  }

  /** Code that was written while no call was in flight is no data: people save it right after a call. */
  #dataGlobs(file: string): readonly string[] {
    const writtenAt = isCode(file) ? (stateOf(file)?.ctimeMs ?? Date.now()) : 0;
    return writtenAt > this.#options.lastCallAt() ? [] : this.#reasons.dataGlobs(file);
  }

  #saved(saved: readonly string[], at: number): void {
    const left = this.#withoutCallWrites(saved, at);
    const files = this.#selfWrites.without(left, at, this.#lastRunAt, (file) => {
      if (this.#reasons.isImported(file) || this.#reasons.isAskedFor(file)) return false;
      const name = relative(this.#options.project, file);
      this.#say(
        `the server writes ${name} whenever it starts, so saving it reloads no more (--watch ${name} makes it)`,
      );
      return true;
    });
    const announced = this.#announced;
    this.#announced = false;
    if (files.length === 0 && !announced) return;
    if (files.some((file) => !this.#retried.has(file))) this.#retries = 0;
    this.#options.onSave(files.length === 0 ? saved : files, at);
  }

  /** What is found now and has been announced is a save for the last time. */
  #withoutCallWrites(saved: readonly string[], at: number): readonly string[] {
    const before = saved.filter((file) => !this.#isOwn(file));
    const globs = saved.map((file) => this.#dataGlobs(file));
    const isCalled = Date.now() - this.#options.lastCallAt() <= afterCallMs;
    const found = this.#callWrites.find(globs, at, isCalled);
    if (found.length > 0) {
      const names = found.map((glob) => (glob.includes("*") ? `'${glob}'` : glob)).join(" and ");
      this.#say(
        `the server writes ${names} when it is called, which reloads it no more (--watch <glob> brings that back, --ignore <glob> leaves out others)`,
      );
    }
    return this.#announced ? before : before.filter((file) => !this.#isOwn(file));
  }

  #say(message: string): void {
    this.#options.recorder({ kind: "error", body: { message } });
  }
}

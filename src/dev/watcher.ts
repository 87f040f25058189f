/** Watches what the server is made of and reports saves: content that changed, many at once as one. */
import { watch, type FSWatcher } from "chokidar";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { SaveReasons } from "./save-reasons.ts";

export type WatcherOptions = {
  readonly reasons: SaveReasons;
  /** Something is being saved: called at once, before it is known whether that was all. */
  readonly onChange: (file: string) => void;
  /** Absolute paths whose content changed, and when the first of them was seen, in ms since the epoch. */
  readonly onSave: (files: readonly string[], at: number) => void;
  /** Something cannot be watched; the rest is. */
  readonly onError: (error: Error) => void;
};

/** A save is over when nothing more has happened for this long. */
const quietMs = 10;
/** Saves that follow each other closely are likely to be followed by one more. */
const burstQuietMs = 50;
/** A file is emptied before it is written: its content has this long to follow. */
const emptyFileMs = 50;
const burstMs = 500;
/** A save that goes on and on (a checkout, a generator) is taken after this long all the same. */
const longestMs = 250;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #watcher: FSWatcher;
  readonly #contents = new Map<string, string>();
  #changed = new Set<string>();
  #firstAt = 0;
  #lastAt = 0;
  #lastSaveAt = 0;
  /** `onChange` was called, so `onSave` will be too, even if the content is what it was again. */
  #announced = false;
  #timer: NodeJS.Timeout | undefined;
  /** Resolves when saves are noticed. */
  readonly ready: Promise<void>;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { reasons } = options;
    this.#watcher = watch([...reasons.roots], {
      ignoreInitial: false,
      alwaysStat: true,
      ignored: (path, stats) =>
        stats?.isFile() === true ? !reasons.isReason(path) : reasons.isIgnored(path),
    });
    const startedAt = Date.now();
    this.ready = new Promise((resolve) => this.#watcher.once("ready", resolve));
    this.#watcher.on("error", (error) => {
      options.onError(error instanceof Error ? error : new Error(String(error)));
    });
    this.#watcher.on("all", (event, path, stats) => {
      // A file that is found, rather than saved, is only remembered: chokidar reports some of them late.
      const found = event === "add" && !this.#contents.has(path) && (stats?.ctimeMs ?? 0) < startedAt;
      if (found) this.#contents.set(path, contentOf(path));
      else if (event === "add" || event === "change" || event === "unlink") this.#noticed(path);
    });
  }

  /** Files that the server has imported: watched wherever they are. */
  addImported(files: readonly string[]): void {
    const fresh = this.#options.reasons.addImported(files);
    for (const file of fresh) if (!this.#contents.has(file)) this.#contents.set(file, contentOf(file));
    if (fresh.length > 0) this.#watcher.add([...fresh]);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }

  #noticed(path: string): void {
    const now = Date.now();
    if (this.#changed.size === 0) this.#firstAt = now;
    this.#lastAt = now;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    const isBurst = now - this.#lastSaveAt < burstMs;
    if (isBurst && contentOf(path) !== this.#contents.get(path)) {
      this.#announced = true;
      this.#options.onChange(path);
    }
    this.#settleAt(now + (isBurst ? burstQuietMs : quietMs));
  }

  /** @param time ms since the epoch, when the save is over if nothing more happens until then. */
  #settleAt(time: number): void {
    const latest = this.#firstAt + longestMs;
    this.#timer = setTimeout(() => this.#settle(), Math.min(time, latest) - Date.now());
  }

  #settle(): void {
    const contentsDue = this.#lastAt + emptyFileMs;
    if (Date.now() < contentsDue && [...this.#changed].some(isEmptied)) this.#settleAt(Date.now() + quietMs);
    else this.#flush();
  }

  #flush(): void {
    const changed = [...this.#changed];
    const different = changed.filter((path) => {
      const content = contentOf(path);
      // A file that came and went, as editors and `sed -i` make them, is none.
      const differs = (this.#contents.get(path) ?? "") !== content;
      this.#contents.set(path, content);
      return differs;
    });
    const files = different.length === 0 && this.#announced ? changed : different;
    this.#changed = new Set();
    this.#announced = false;
    if (files.length === 0) return;
    this.#lastSaveAt = Date.now();
    this.#options.onSave(files, this.#firstAt);
  }
}

function isEmptied(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === 0;
}

/** A short name for a file's content; "" if there is none. */
function contentOf(path: string): string {
  try {
    return createHash("sha1").update(readFileSync(path)).digest("base64");
  } catch {
    return "";
  }
}

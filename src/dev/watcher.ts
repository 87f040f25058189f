/** Watches what the server is made of and reports saves: content that changed, many at once as one. */
import { watch, type FSWatcher } from "chokidar";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { AbsentFiles } from "./absent-files.ts";
import type { SaveReasons } from "./save-reasons.ts";

export type WatcherOptions = {
  readonly reasons: SaveReasons;
  /** A file may have been changed: called at once, whatever it is. */
  readonly onTouch: (file: string) => void;
  /** Something is being saved: called at once, before it is known whether that was all. */
  readonly onChange: (file: string) => void;
  /** Absolute paths whose content changed, and when the first of them was seen, in ms since the epoch. */
  readonly onSave: (files: readonly string[], at: number) => void;
  /** Something cannot be watched; the rest is. */
  readonly onError: (error: Error) => void;
};

/** A save is over when nothing more has happened for this long. */
const quietMs = 5;
/** Saves that follow each other closely are likely to be followed by one more. */
const burstQuietMs = 50;
/** A file is emptied before it is written: its content has this long to follow. */
const emptyFileMs = 250;
const burstMs = 500;
/** A save that goes on and on (a checkout, a generator) is taken after this long all the same. */
const longestMs = 250;
/** chokidar tells of one change of a file in 50 ms: for a while after a save, we look ourselves. */
const lookEveryMs = 10;
const lookForMs = 80;
const looksPerMs = 10;
/** Of files that are saved together, the event of one may be lost, so all known ones are looked at once more. */
const lookAroundMs = 500;
const aroundMs = 1000;
/** The time of a change is that of the system's last tick. */
const clockStepMs = 10;
/** A server that writes what it then imports, by another name each time, is not reloaded for ever. */
const mostUnseenSaves = 3;
/** A file that is emptied again and again holds back the saves of others for so long. */
const longestEmptyMs = 1000;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #watcher: FSWatcher;
  readonly #contents = new Map<string, string>();
  /** Of those that lie outside the entry's folder, chokidar watches the file alone. */
  readonly #absent = new AbsentFiles((file) => {
    this.#watcher.add(file);
    this.#noticed(file);
  });
  #changed = new Set<string>();
  #firstAt = 0;
  #lastAt = 0;
  #lastSaveAt = 0;
  #quietForMs: number = quietMs;
  /** Files that were imported just after they had been written, since a save was seen. */
  #unseenSaves = 0;
  /** `onChange` was called, so `onSave` will be too, even if the content is what it was again. */
  #announced = false;
  /** What was announced last turned out to be what was there before. */
  #wasNoNews = false;
  #timer: NodeJS.Timeout | undefined;
  /** As they were when they were last looked at. */
  #justSaved = new Map<string, FileState | undefined>();
  /** As they were when the last save was taken. */
  #lastSaved: ReadonlyMap<string, FileState | undefined> = new Map();
  #lookTimer: NodeJS.Timeout | undefined;
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
    this.#watcher.on("all", (event, path) => {
      // A file that is found, rather than saved, is only remembered: chokidar reports some of them late, as they were.
      const isNew = event === "add" && !this.#contents.has(path);
      const found = isNew && (stateOf(path)?.ctimeMs ?? 0) < startedAt;
      if (found) this.#contents.set(path, contentOf(path));
      else if (event === "add" || event === "change" || event === "unlink") {
        if (event === "change") this.#unseenSaves = 0;
        if (event === "unlink" && reasons.isKnown(path)) this.#absent.add(path);
        this.#noticed(path);
      }
    });
  }

  /**
   * Files that the server has imported: watched wherever they are.
   * @param since ms since the epoch: before that it had read none of them.
   */
  addImported(files: readonly string[], since: number): void {
    const fresh = this.#options.reasons.addImported(files);
    for (const file of fresh) {
      if (this.#contents.has(file)) continue;
      // One that was saved since may have been read as it was before.
      const isSettled = (stateOf(file)?.ctimeMs ?? 0) + clockStepMs < since;
      if (isSettled || this.#watcher.closed || this.#unseenSaves >= mostUnseenSaves) {
        this.#contents.set(file, contentOf(file));
        continue;
      }
      this.#unseenSaves += 1;
      this.#noticed(file);
    }
    // chokidar takes `add` for a wish to be opened again.
    if (fresh.length > 0 && !this.#watcher.closed) this.#watcher.add([...fresh]);
  }

  /** Files that the server has looked for in vain, wherever they are. */
  addMissing(files: readonly string[]): void {
    if (this.#watcher.closed) return;
    for (const file of this.#options.reasons.addImported(files)) this.#absent.add(file);
  }

  /**
   * Takes what was written since for a save, even if it holds what it held before: somebody may have read it half written.
   * @param files absolute paths, looked at beside all that are imported.
   * @param since ms since the epoch. What the last save left untouched was not written since.
   * @returns those that are saves now.
   */
  takeWritten(files: readonly string[], since: number): readonly string[] {
    const imported = [...this.#contents.keys()].filter((file) => this.#options.reasons.isImported(file));
    const written = [...new Set([...files, ...imported])].filter((file) => {
      const state = stateOf(file);
      const isSettled = (state?.ctimeMs ?? 0) + clockStepMs < since;
      return !isSettled && state?.ctimeMs !== this.#lastSaved.get(file)?.ctimeMs;
    });
    if (this.#watcher.closed) return [];
    for (const file of written) {
      this.#contents.delete(file);
      this.#noticed(file);
    }
    return written;
  }

  /** Notices what was written again right after a save, of which no event may come. */
  look(): void {
    for (const [path, before] of this.#justSaved) {
      if (isSame(before, stateOf(path))) continue;
      this.#justSaved.delete(path);
      this.#noticed(path);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#lookTimer);
    this.#absent.close();
    await this.#watcher.close();
  }

  #noticed(path: string): void {
    const now = Date.now();
    if (this.#changed.size === 0) this.#firstAt = now;
    this.#lastAt = now;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#options.onTouch(path);
    this.#quietForMs = now - this.#lastSaveAt < burstMs ? burstQuietMs : quietMs;
    if (this.#quietForMs === burstQuietMs && this.#isNews(path)) {
      this.#announced = true;
      this.#options.onChange(path);
    }
    this.#settleAt(now + this.#quietForMs);
  }

  /** One that is empty, or not there, at this moment is about to be written, perhaps as it was: that is believed once. */
  #isNews(path: string): boolean {
    const isThere = (stateOf(path)?.size ?? 0) > 0;
    return (isThere || !this.#wasNoNews) && contentOf(path) !== this.#contents.get(path);
  }

  /** @param time ms since the epoch, when the save is over if nothing more happens until then. */
  #settleAt(time: number): void {
    const latest = this.#firstAt + longestMs;
    this.#timer = setTimeout(() => this.#settle(), Math.min(time, latest) - Date.now());
  }

  #settle(): void {
    const now = Date.now();
    const files = [...this.#changed].map(stateOf).filter((state) => state !== undefined);
    const emptied = files.filter(({ size }) => size === 0).map(({ mtimeMs }) => mtimeMs);
    const isBeingWritten = now - Math.min(this.#lastAt, Math.max(...emptied)) < emptyFileMs;
    if (isBeingWritten && now - this.#firstAt < longestEmptyMs) {
      this.#timer = setTimeout(() => this.#settle(), quietMs);
      return;
    }
    const writtenAt = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
    const lastAt = Math.max(this.#lastAt, Math.min(writtenAt, now));
    const over = Math.min(lastAt + this.#quietForMs, this.#firstAt + longestMs);
    if (over <= now) this.#flush();
    else this.#settleAt(over);
  }

  #flush(): void {
    const changed = [...this.#changed];
    // Before the contents are read: what is written from now on is another save.
    this.#justSaved = new Map(changed.map((path) => [path, stateOf(path)]));
    const different = changed.filter((path) => {
      const content = contentOf(path);
      // Emptied in between: what follows is another save.
      if (content === emptyContent && (this.#justSaved.get(path)?.size ?? 0) > 0) return false;
      // A file that came and went, as editors and `sed -i` make them, is none.
      const differs = (this.#contents.get(path) ?? "") !== content;
      this.#contents.set(path, content);
      return differs;
    });
    const files = different.length === 0 && this.#announced ? changed : different;
    if (files.length > 0) this.#wasNoNews = different.length === 0;
    this.#changed = new Set();
    this.#announced = false;
    this.#lookOn(Date.now() + lookForMs);
    if (files.length === 0) return;
    this.#lastSaveAt = Date.now();
    this.#lastSaved = new Map(changed.map((path) => [path, this.#justSaved.get(path)]));
    this.#options.onSave(files, this.#firstAt);
  }

  /** @param end ms since the epoch: from then on events suffice. */
  #lookOn(end: number): void {
    clearTimeout(this.#lookTimer);
    const everyMs = Math.max(lookEveryMs, this.#justSaved.size / looksPerMs);
    this.#lookTimer = setTimeout(() => {
      const isOver = Date.now() >= end;
      this.look();
      if (!isOver) {
        this.#lookOn(end);
        return;
      }
      this.#justSaved.clear();
      this.#lookTimer = setTimeout(() => this.#lookAround(end - aroundMs), lookAroundMs);
    }, everyMs);
  }

  /** @param since ms since the epoch: what has not changed from then on need not be read. */
  #lookAround(since: number): void {
    for (const [path, content] of this.#contents) {
      if (!this.#options.reasons.isKnown(path)) continue;
      const state = stateOf(path);
      const isOld = state === undefined ? content === "" : state.ctimeMs < since;
      if (!isOld && !this.#changed.has(path) && contentOf(path) !== content) this.#noticed(path);
    }
  }
}

type FileState = {
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
};

/** Undefined if there is no such file, or it cannot be looked at. */
export function stateOf(path: string): FileState | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isSame(one: FileState | undefined, other: FileState | undefined): boolean {
  return one?.mtimeMs === other?.mtimeMs && one?.size === other?.size && one?.ino === other?.ino;
}

/** A short name for a file's content; "" if there is none. */
function contentOf(path: string): string {
  try {
    return named(readFileSync(path));
  } catch {
    return "";
  }
}

function named(content: Buffer): string {
  return createHash("sha1").update(content).digest("base64");
}

const emptyContent = named(Buffer.alloc(0));

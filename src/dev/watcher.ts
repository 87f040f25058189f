/** Watches what the server is made of and reports saves: content that changed, many at once as one. */
import { watch, type FSWatcher } from "chokidar";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import picomatch from "picomatch";

export type WatcherOptions = {
  /** The project's folder: globs are relative to it. */
  readonly project: string;
  readonly entryFile: string;
  /** .env files, absolute. */
  readonly environmentFiles: readonly string[];
  readonly watchGlobs: readonly string[];
  readonly ignoreGlobs: readonly string[];
  /** Something is being saved: called at once, before it is known whether that was all. */
  readonly onChange: () => void;
  /** Absolute paths whose content changed, and when the first of them was seen, in ms since the epoch. */
  readonly onSave: (files: readonly string[], at: number) => void;
  /** Something cannot be watched; the rest is. */
  readonly onError: (error: Error) => void;
};

/** Never the reason for a reload, wherever they are: installed, built, recorded. */
const ignoredFolders = new Set([
  "node_modules",
  ".git",
  ".mcp",
  "dist",
  "build",
  "out",
  "coverage",
  ".turbo",
  ".cache",
]);
const ignoredFiles = /(?:\.log|\.tsbuildinfo|~|\.sw[a-z]|\.tmp)$|^\.#|^4913$/;
const projectFiles = [
  "package.json",
  "tsconfig.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
];

/** A save is over when nothing more has happened for this long. */
const quietMs = 10;
/** Saves that follow each other closely are likely to be followed by one more. */
const burstQuietMs = 50;
const burstMs = 500;
/** A save that goes on and on (a checkout, a generator) is taken after this long all the same. */
const longestMs = 250;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #watcher: FSWatcher;
  readonly #contents = new Map<string, string>();
  readonly #isIgnoredGlob: (path: string) => boolean;
  #changed = new Set<string>();
  #firstAt = 0;
  #lastSaveAt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Resolves when saves are noticed. */
  readonly ready: Promise<void>;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { project, entryFile, environmentFiles, watchGlobs, ignoreGlobs } = options;
    this.#isIgnoredGlob = ignoreGlobs.length === 0 ? () => false : picomatch([...ignoreGlobs]);
    const folder = dirname(entryFile);
    const isWatchedGlob = watchGlobs.length === 0 ? () => false : picomatch([...watchGlobs]);
    const files = new Set([...projectFiles.map((name) => join(project, name)), ...environmentFiles]);
    const isWatched = (path: string): boolean =>
      files.has(path) ||
      contains(folder, path) ||
      this.#contents.has(path) ||
      isWatchedGlob(relative(project, path));
    const bases = watchGlobs.map((glob) => join(project, picomatch.scan(glob).base));
    this.#watcher = watch([folder, ...files, ...bases], {
      ignoreInitial: false,
      alwaysStat: true,
      ignored: (path, stats) => this.#isIgnored(path) || (stats?.isFile() === true && !isWatched(path)),
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
    const fresh = files.filter((file) => !this.#contents.has(file) && !this.#isIgnored(file));
    for (const file of fresh) this.#contents.set(file, contentOf(file));
    if (fresh.length > 0) this.#watcher.add(fresh);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }

  #isIgnored(path: string): boolean {
    const inside = relative(this.#options.project, path);
    if (inside.split(sep).some((part) => ignoredFolders.has(part))) return true;
    return ignoredFiles.test(basename(path)) || this.#isIgnoredGlob(inside);
  }

  #noticed(path: string): void {
    const now = Date.now();
    if (this.#changed.size === 0) this.#firstAt = now;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    const isBurst = now - this.#lastSaveAt < burstMs;
    if (isBurst && contentOf(path) !== this.#contents.get(path)) this.#options.onChange();
    const leftMs = this.#firstAt + longestMs - now;
    const quietForMs = isBurst ? burstQuietMs : quietMs;
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.min(quietForMs, leftMs)));
  }

  #flush(): void {
    const files = [...this.#changed].filter((path) => {
      const content = contentOf(path);
      const differs = this.#contents.get(path) !== content;
      this.#contents.set(path, content);
      return differs;
    });
    this.#changed = new Set();
    if (files.length > 0) this.#lastSaveAt = Date.now();
    if (files.length > 0) this.#options.onSave(files, this.#firstAt);
  }
}

/** A short name for a file's content; "" if there is none. */
function contentOf(path: string): string {
  try {
    return createHash("sha1").update(readFileSync(path)).digest("base64");
  } catch {
    return "";
  }
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Which files are a reason for a reload: what the server is made of, never what is installed, built or recorded. */
import { basename, dirname, extname, join, relative, sep } from "node:path";
import picomatch from "picomatch";

export type SaveReasonsOptions = {
  /** The project's folder: globs are relative to it. */
  readonly project: string;
  readonly entryFile: string;
  /** .env files, absolute. */
  readonly environmentFiles: readonly string[];
  readonly watchGlobs: readonly string[];
  readonly ignoreGlobs: readonly string[];
};

/** Installed, or somebody's records: never, not even if it is imported. The project itself may lie in one. */
const foreignFolders = new Set(["node_modules", ".git", ".mcp"]);
/** Built, unless the entry is in there itself, or a file of it is imported. */
const builtFolders = new Set(["dist", "build", "out", "coverage", ".turbo", ".cache"]);
const recordedFiles = /(?:\.(?:log|jsonl|pid|lock|db|sqlite3?)|-(?:wal|shm|journal)|\.tsbuildinfo)$/;
/** What editors keep beside a file while they save it. */
const editorFiles = /(?:~|\.sw[a-z]|\.tmp)$|^\.#|^4913$|^sed[A-Za-z0-9]{6}$/;
/** Where names of files that are made one after the other begin to differ. */
const numberOrId = /\d|[\da-f]{8}/i;
/** One that is imported next is another thing than those that are called alike. */
const codeFiles = /^\.[cm]?[jt]sx?$/;
const projectFiles = [
  "package.json",
  "tsconfig.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
];

/** What a warm child has loaded may be another one after a save of this file. */
export function isOfPackages(file: string): boolean {
  return projectFiles.includes(basename(file));
}

export function isCode(file: string): boolean {
  return codeFiles.test(extname(file));
}

export class SaveReasons {
  /** Files and folders to look at; what of them counts is said by the rest. */
  readonly roots: readonly string[];
  readonly #project: string;
  readonly #folder: string;
  readonly #named: ReadonlySet<string>;
  readonly #imported = new Set<string>();
  readonly #isWatchedGlob: (path: string) => boolean;
  readonly #isIgnoredGlob: (path: string) => boolean;

  constructor({ project, entryFile, environmentFiles, watchGlobs, ignoreGlobs }: SaveReasonsOptions) {
    this.#project = project;
    this.#folder = dirname(entryFile);
    this.#named = new Set([...projectFiles.map((name) => join(project, name)), ...environmentFiles]);
    this.#isWatchedGlob = matcher(watchGlobs);
    this.#isIgnoredGlob = matcher(ignoreGlobs);
    const bases = watchGlobs.map((glob) => join(project, picomatch.scan(glob).base));
    this.roots = [this.#folder, ...this.#named, ...bases];
  }

  /** Returns those that are to be looked at from now on. */
  addImported(files: readonly string[]): readonly string[] {
    const fresh = files.filter(
      (file) => !this.#imported.has(file) && !isForeign(relative(this.#project, file)),
    );
    for (const file of fresh) this.#imported.add(file);
    return fresh.filter((file) => !this.#isIgnoredGlob(relative(this.#project, file)));
  }

  /** The server's own code: what it has imported, and not merely a file that lies beside it. */
  isImported(file: string): boolean {
    return this.#imported.has(file);
  }

  /** Looked at for itself, wherever it lies: what is imported, .env files, and the files of the project. */
  isKnown(file: string): boolean {
    return this.#imported.has(file) || this.#named.has(file);
  }

  /** Named by --watch: a reason even if nothing imports it and the server writes it. */
  isAskedFor(file: string): boolean {
    return this.#isWatchedGlob(relative(this.#project, file));
  }

  /**
   * Globs that name a file which merely lies beside the code, the narrowest first: itself, and what is written there like it
   * by another name. None if it is code, or named by somebody.
   */
  dataGlobs(file: string): readonly string[] {
    if (!contains(this.#folder, file) || this.isKnown(file) || this.isAskedFor(file)) return [];
    const alike = isCode(file) ? undefined : this.#alike(file);
    return [file, ...(alike === undefined ? [] : [alike])].map((path) => relative(this.#project, path));
  }

  /** All in the outermost folder that holds no code; beside code, all whose names differ in a number or id. */
  #alike(file: string): string | undefined {
    const parts = relative(this.#folder, file).split(sep);
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = join(this.#folder, ...parts.slice(0, depth));
      if (!this.#leadsToImported(folder)) return join(folder, "**");
    }
    const name = basename(file);
    const numberAt = name.search(numberOrId);
    return numberAt < 0 ? undefined : join(dirname(file), `${name.slice(0, numberAt)}*${extname(file)}`);
  }

  /** Nothing in this folder, or this file, is ever a reason. */
  isIgnored(path: string): boolean {
    const inProject = relative(this.#project, path);
    if (this.#isIgnoredGlob(inProject) || isForeign(inProject)) return true;
    if (this.isKnown(path) || this.#isWatchedGlob(inProject)) return false;
    const inside = contains(this.#folder, path) ? relative(this.#folder, path) : inProject;
    if (inside.split(sep).some((part) => builtFolders.has(part))) return !this.#leadsToImported(path);
    return recordedFiles.test(path) || editorFiles.test(basename(path));
  }

  /** A save of this file is a reason. */
  isReason(file: string): boolean {
    if (this.isIgnored(file)) return false;
    return this.isKnown(file) || contains(this.#folder, file) || this.isAskedFor(file);
  }

  #leadsToImported(folder: string): boolean {
    for (const file of this.#imported) if (contains(folder, file)) return true;
    return false;
  }
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  // A file outside the project has a path that starts with "..".
  return globs.length === 0 ? () => false : picomatch([...globs], { dot: true });
}

/** @param path relative to the project. */
function isForeign(path: string): boolean {
  return path.split(sep).some((part) => foreignFolders.has(part));
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Follows the logs of a folder as they grow, through rotation, truncation, deletion and new logs: each record once. */
import { basename } from "node:path";
import { AskedMemory } from "./asked.ts";
import type { Entry } from "./decode.ts";
import type { Filter } from "./filter.ts";
import { FolderWatch } from "./folder-watch.ts";
import { listLogFiles, type Accepts, type FoundFile } from "./log-files.ts";
import { mergeByTime } from "./merge.ts";
import { errorCode } from "./open-log.ts";
import { CliError } from "../cli-error.ts";
import { entriesOf } from "./scan.ts";
import { Tail, type Bookmark } from "./tail.ts";

export type Start = { readonly identity: string; readonly bookmark: Bookmark };

export type FollowOptions = {
  readonly folder: string;
  readonly accepts: Accepts;
  /** What was there already and up to where it was shown; a file that is not among these is shown from its beginning. */
  readonly starts: readonly Start[];
  readonly filter: Filter;
  /** The requests of answers that pass come along. */
  readonly withAsked?: boolean;
  readonly signal: AbortSignal;
  /** A file appeared that cannot be read. */
  readonly onUnreadable?: (error: CliError) => void;
  readonly pollMs?: number;
};

/** A deleted log may still be written to; so many are listened to. */
const maxUnlinked = 8;

/** Ends, without an error, when the signal is aborted. */
export async function* follow(options: FollowOptions): AsyncGenerator<readonly Entry[]> {
  const following = await Following.start(options);
  try {
    yield* following.entries();
  } finally {
    await following.close();
  }
}

/** Holds the files from its start on, so that what is deleted before its entries are asked for is not lost. */
export class Following {
  readonly #options: FollowOptions;
  readonly #watch: FolderWatch;
  readonly #tails: FolderTails;

  private constructor(options: FollowOptions) {
    const { folder, signal, pollMs = 200 } = options;
    this.#options = options;
    this.#watch = new FolderWatch(folder, { pollMs, signal });
    this.#tails = new FolderTails(options);
  }

  static async start(options: FollowOptions): Promise<Following> {
    const following = new Following(options);
    await following.#watch.attach();
    await following.#tails.look();
    return following;
  }

  /** To be asked for once. */
  async *entries(): AsyncGenerator<readonly Entry[]> {
    const { accepts, signal } = this.#options;
    const [watch, tails] = [this.#watch, this.#tails];
    yield* tails.readAll();
    while (!signal.aborted) {
      const { names, all } = await watch.next();
      const unknown = [...names].some((name) => accepts(name) && !tails.has(name));
      if (all) await watch.attach();
      if (all || unknown) await tails.look();
      if (all || unknown) yield* tails.readAll();
      else yield* tails.readNamed(names);
      await tails.forgetUnlinked();
    }
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#tails.close();
  }
}

/** The tails of a folder's files: found by name, known by identity. */
class FolderTails {
  readonly #options: FollowOptions;
  readonly #starts: Map<string, Start>;
  readonly #byName = new Map<string, Tail>();
  /** Deleted, or replaced by another file of the same name. */
  #nameless: Tail[] = [];
  readonly #refused = new Set<string>();
  readonly #asked = new AskedMemory();

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#starts = new Map(options.starts.map((start) => [start.identity, start]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Compares what is in the folder with what is followed. */
  async look(): Promise<void> {
    const { folder, accepts } = this.#options;
    const files = await listLogFiles(folder, accepts);
    const present = new Map(files.map((file) => [basename(file.path), file]));
    for (const [name, tail] of this.#byName) {
      if (present.get(name)?.identity === tail.identity) continue;
      this.#byName.delete(name);
      this.#nameless.push(tail);
    }
    for (const [name, file] of present) if (!this.#byName.has(name)) await this.#adopt(name, file);
  }

  /** After they have been read: what was in them is shown. */
  async forgetUnlinked(): Promise<void> {
    while (this.#nameless.length > maxUnlinked) await this.#nameless.shift()?.close();
  }

  async #adopt(name: string, file: FoundFile): Promise<void> {
    const renamed = this.#nameless.find((tail) => tail.identity === file.identity);
    if (renamed !== undefined) {
      this.#nameless = this.#nameless.filter((tail) => tail !== renamed);
      this.#byName.set(name, renamed);
      return;
    }
    const isFollowed = [...this.#byName.values()].some((tail) => tail.identity === file.identity);
    if (isFollowed || this.#refused.has(file.identity)) return;
    const start = this.#starts.get(file.identity);
    this.#starts.delete(file.identity);
    try {
      this.#byName.set(name, await Tail.open(file, start?.bookmark));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      // Gone again between two looks: nothing to say.
      if (errorCode(error.cause) === "ENOENT") return;
      this.#refused.add(file.identity);
      this.#options.onUnreadable?.(error);
    }
  }

  async *readAll(): AsyncGenerator<readonly Entry[]> {
    yield* this.#read([...this.#nameless, ...this.#byName.values()]);
  }

  async *readNamed(names: ReadonlySet<string>): AsyncGenerator<readonly Entry[]> {
    yield* this.#read([...names].map((name) => this.#byName.get(name)).filter((tail) => tail !== undefined));
  }

  async *#read(tails: readonly Tail[]): AsyncGenerator<readonly Entry[]> {
    for await (const entries of mergeByTime(tails.map((tail) => this.#drain(tail)))) {
      if (entries.length > 0) yield entries;
    }
  }

  async *#drain(tail: Tail): AsyncGenerator<readonly Entry[]> {
    while (!this.#options.signal.aborted) {
      const blocks = await tail.read();
      if (blocks === undefined) return;
      const { filter, withAsked } = this.#options;
      const options = { log: tail.log, filter };
      if (withAsked === true) {
        // Only now: most of the files that are there never grow.
        this.#asked.learn(await tail.takePast(), tail.log);
        yield this.#asked.entriesOf(blocks, options);
      } else yield entriesOf(blocks, options);
    }
  }

  async close(): Promise<void> {
    const tails = [...this.#byName.values(), ...this.#nameless];
    this.#byName.clear();
    this.#nameless = [];
    await Promise.all(tails.map((tail) => tail.close()));
  }
}

/** One growing file: gives each whole line once, whatever happens to the file meanwhile. */
import type { FileHandle } from "node:fs/promises";
import { BlockAssembler, blocksBackward, lastLineEnd, readAt, type Block } from "./blocks.ts";
import { identityOf } from "./log-files.ts";
import { openLog, openUnlessGone } from "./open-log.ts";

const chunkBytes = 256 * 1024;
const overlapBytes = 64;
/** A call that is in flight began within so much of the log. */
const pastBytes = 1024 * 1024;

/** Where the reading of a file stopped, at the end of a line. */
export type Bookmark = {
  readonly offset: number;
  /** What is before it; if that is not there any more, the file was cut or is another one: all that is in it is new. */
  readonly overlap: Buffer;
};

const beginning: Bookmark = { offset: 0, overlap: Buffer.alloc(0) };

export class Tail {
  readonly identity: string;
  /** The log that the file is a part of. */
  readonly log: string;
  readonly #file: FileHandle;
  #pastEnd: number;
  #offset: number;
  #overlap: Buffer;
  #assembler = new BlockAssembler();

  private constructor(file: FileHandle, log: string, identity: string, { offset, overlap }: Bookmark) {
    this.#file = file;
    this.log = log;
    this.identity = identity;
    this.#pastEnd = offset;
    this.#offset = offset;
    this.#overlap = overlap;
  }

  /** @param from where to begin; the beginning, if omitted. */
  static async open(file: { readonly path: string; readonly log: string }, from = beginning): Promise<Tail> {
    const handle = await openLog(file.path);
    return new Tail(handle, file.log, identityOf(await handle.stat({ bigint: true })), from);
  }

  /** What was appended since; at most one chunk: call again until it is `undefined`, which is: nothing more for now. */
  async read(): Promise<Block[] | undefined> {
    const overlapStart = this.#offset - this.#overlap.length;
    const chunk = await readAt(this.#file, overlapStart, this.#overlap.length + chunkBytes);
    if (!chunk.subarray(0, this.#overlap.length).equals(this.#overlap)) {
      this.#offset = beginning.offset;
      this.#overlap = beginning.overlap;
      this.#assembler = new BlockAssembler();
      return [];
    }
    const appended = chunk.subarray(this.#overlap.length);
    if (appended.length === 0) return undefined;
    this.#offset += appended.length;
    this.#overlap = Buffer.from(chunk.subarray(-overlapBytes));
    return this.#assembler.push(appended);
  }

  /** What is right before where it began, in order; a first line may lack its beginning. Nothing when called again. */
  async takePast(): Promise<Block[]> {
    const endOffset = this.#pastEnd;
    this.#pastEnd = 0;
    const past: Block[] = [];
    const startOffset = Math.max(0, endOffset - pastBytes);
    for await (const blocks of blocksBackward(this.#file, { startOffset, endOffset }))
      past.unshift(...blocks);
    return past;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Behind the last whole line of a file; at the beginning of one that is gone. */
export async function bookmark(path: string, sizeBytes: number): Promise<Bookmark> {
  const file = await openUnlessGone(path);
  if (file === undefined) return beginning;
  try {
    const offset = await lastLineEnd(file, sizeBytes);
    const overlapStart = Math.max(0, offset - overlapBytes);
    const overlap = await readAt(file, overlapStart, offset - overlapStart);
    return overlapStart + overlap.length === offset ? { offset, overlap } : beginning;
  } finally {
    await file.close();
  }
}

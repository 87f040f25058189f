/** One growing file: gives each whole line once, whatever happens to the file meanwhile. */
import type { FileHandle } from "node:fs/promises";
import { BlockAssembler, lastLineEnd, readAt, type Block } from "./blocks.ts";
import { identityOf } from "./log-files.ts";
import { openLog, openUnlessGone } from "./open-log.ts";

const chunkBytes = 256 * 1024;
/** So much of what was read last is compared before more is read: a file that was cut and has grown again is another one. */
const overlapBytes = 64;

export class Tail {
  readonly identity: string;
  /** The log that the file is a part of. */
  readonly log: string;
  readonly #file: FileHandle;
  #offset: number;
  #overlap: Buffer;
  #assembler = new BlockAssembler();

  private constructor(file: FileHandle, log: string, identity: string, offset: number, overlap: Buffer) {
    this.#file = file;
    this.log = log;
    this.identity = identity;
    this.#offset = offset;
    this.#overlap = overlap;
  }

  /** @param offset where to begin, at the start of a line. */
  static async open(
    { path, log }: { readonly path: string; readonly log: string },
    offset: number,
  ): Promise<Tail> {
    const file = await openLog(path);
    const identity = identityOf(await file.stat({ bigint: true }));
    const overlapStart = Math.max(0, offset - overlapBytes);
    const overlap = await readAt(file, overlapStart, offset - overlapStart);
    // Shorter than it was: all that is in it now is new.
    return overlap.length < offset - overlapStart
      ? new Tail(file, log, identity, 0, Buffer.alloc(0))
      : new Tail(file, log, identity, offset, overlap);
  }

  /** What was appended since; at most one chunk: call again until it is `undefined`, which is: nothing more for now. */
  async read(): Promise<Block[] | undefined> {
    const overlapStart = this.#offset - this.#overlap.length;
    const chunk = await readAt(this.#file, overlapStart, this.#overlap.length + chunkBytes);
    if (!chunk.subarray(0, this.#overlap.length).equals(this.#overlap)) {
      this.#offset = 0;
      this.#overlap = Buffer.alloc(0);
      this.#assembler = new BlockAssembler();
      return [];
    }
    const appended = chunk.subarray(this.#overlap.length);
    if (appended.length === 0) return undefined;
    this.#offset += appended.length;
    this.#overlap = Buffer.from(chunk.subarray(-overlapBytes));
    return this.#assembler.push(appended);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Up to where a file holds whole lines; 0 if it is gone. */
export async function wholeLinesEnd(path: string, sizeBytes: number): Promise<number> {
  const file = await openUnlessGone(path);
  if (file === undefined) return 0;
  try {
    return await lastLineEnd(file, sizeBytes);
  } finally {
    await file.close();
  }
}

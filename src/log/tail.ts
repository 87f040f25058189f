/** One growing file: gives each whole line once, whatever happens to the file meanwhile. */
import type { FileHandle } from "node:fs/promises";
import { BlockAssembler, blocksBackward, lastLineEnd, readAt, type Block } from "./blocks.ts";
import { identityOf } from "./log-files.ts";
import { openLog, openUnlessGone } from "./open-log.ts";

const chunkBytes = 256 * 1024;
const overlapBytes = 64;
/** A call that is in flight began within so much of the log. */
const pastBytes = 1024 * 1024;

/** By which a log is known to be the same one after it was cut: the first record's time is in it. */
const headBytes = 64;
/** A last line that is longer is not looked at. */
const lastLineBytes = 64 * 1024;

const newline = 0x0a;
/** The log starts each line with `v`, `seq`, `time`. */
const stamp = /^\{"v":\d+,"seq":(\d+),"time":"/;
const stampInside = /.\{"v":\d+,"seq":\d+,"time":"/;
const stampBytes = 64;

/** Where the reading of a file stopped, at the end of a line. */
export type Bookmark = {
  readonly offset: number;
  /** What is before it; if that is not there any more, the file was cut or is another one. */
  readonly overlap: Buffer;
  /** How the file begins. */
  readonly head: Buffer;
  /** Of the last record before it; undefined if that is unknown. */
  readonly seq: number | undefined;
};

const nothing = Buffer.alloc(0);
const beginning: Bookmark = { offset: 0, overlap: nothing, head: nothing, seq: undefined };

export class Tail {
  readonly identity: string;
  /** The log that the file is a part of. */
  readonly log: string;
  readonly #file: FileHandle;
  #pastEnd: number;
  #offset: number;
  #overlap: Buffer;
  #head: Buffer;
  #seq: number | undefined;
  /** The file was cut to a part, which is read again: up to this record it has been given already. */
  #givenUpTo: number | undefined;
  #assembler = new BlockAssembler();

  private constructor(file: FileHandle, log: string, identity: string, from: Bookmark) {
    this.#file = file;
    this.log = log;
    this.identity = identity;
    this.#pastEnd = from.offset;
    this.#offset = from.offset;
    this.#overlap = from.overlap;
    this.#head = from.head;
    this.#seq = from.seq;
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
      await this.#beginAgain();
      return [];
    }
    const appended = chunk.subarray(this.#overlap.length);
    if (appended.length === 0) return undefined;
    if (this.#offset === 0) this.#head = Buffer.from(appended.subarray(0, headBytes));
    this.#offset += appended.length;
    this.#overlap = Buffer.from(chunk.subarray(-overlapBytes));
    const blocks = this.#assembler.push(appended);
    const fresh = this.#givenUpTo === undefined ? blocks : this.#behind(blocks, this.#givenUpTo);
    this.#seq = lastSeq(fresh.at(-1)) ?? this.#seq;
    return fresh;
  }

  async #beginAgain(): Promise<void> {
    const head = await readAt(this.#file, 0, headBytes);
    const isPart = head.length > 0 && head.equals(this.#head.subarray(0, head.length));
    this.#givenUpTo = isPart ? this.#seq : undefined;
    if (!isPart) this.#seq = undefined;
    this.#offset = 0;
    this.#overlap = nothing;
    this.#assembler = new BlockAssembler();
  }

  /** What is behind the record of that number, or behind where one was cut. */
  #behind(blocks: readonly Block[], seq: number): Block[] {
    for (const [index, block] of blocks.entries()) {
      if (block.type !== "lines") continue;
      const { bytes } = block;
      for (let start = 0; start < bytes.length;) {
        const end = bytes.indexOf(newline, start) + 1 || bytes.length;
        const line = bytes.subarray(start, end);
        if ((seqOf(line) ?? 0) > seq || isGlued(line)) {
          this.#givenUpTo = undefined;
          return [{ type: "lines", bytes: bytes.subarray(start) }, ...blocks.slice(index + 1)];
        }
        start = end;
      }
    }
    return [];
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
    if (overlapStart + overlap.length !== offset) return beginning;
    const lastStart = Math.max(0, offset - lastLineBytes);
    const last = await readAt(file, lastStart, offset - lastStart);
    const head = await readAt(file, 0, Math.min(headBytes, offset));
    return { offset, overlap, head, seq: lastSeq({ type: "lines", bytes: last }) };
  } finally {
    await file.close();
  }
}

function seqOf(line: Buffer): number | undefined {
  const seq = stamp.exec(line.toString("latin1", 0, stampBytes))?.[1];
  return seq === undefined ? undefined : Number(seq);
}

/** A record was written behind the beginning of one that was cut. */
function isGlued(line: Buffer): boolean {
  return stampInside.test(line.toString("latin1"));
}

/** Of the last whole line. */
function lastSeq(block: Block | undefined): number | undefined {
  if (block?.type !== "lines") return undefined;
  const { bytes } = block;
  return seqOf(bytes.subarray(bytes.lastIndexOf(newline, -2) + 1));
}

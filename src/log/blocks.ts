/** Reads a file in blocks of whole lines, from either end; holds no more of a line than a line may have. */
import type { FileHandle } from "node:fs/promises";

/** A line beyond this is not ours (bodies are cut at 256 KiB) and is not held in memory. */
export const maxLineBytes = 16 * 1024 * 1024;
const headBytes = 256;
const newline = 0x0a;

export type Block =
  /** Whole lines; the last may lack its newline at the end of the file. */
  | { readonly type: "lines"; readonly bytes: Buffer }
  | { readonly type: "too long"; readonly head: Buffer; readonly sizeBytes: number };

export type BlockOptions = {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly chunkBytes?: number;
  readonly maxLineBytes?: number;
};

/** Joins chunks that arrive in order; what is behind the last newline waits for more. */
export class BlockAssembler {
  readonly #maxLineBytes: number;
  #pieces: Buffer[] = [];
  #pendingBytes = 0;

  constructor(limitBytes: number = maxLineBytes) {
    this.#maxLineBytes = limitBytes;
  }

  push(chunk: Buffer): Block[] {
    const blocks: Block[] = [];
    let rest = chunk;
    if (this.#pendingBytes > 0) {
      const end = chunk.indexOf(newline) + 1;
      this.#keep(end === 0 ? chunk : chunk.subarray(0, end));
      if (end === 0) return blocks;
      blocks.push(this.#take());
      rest = chunk.subarray(end);
    }
    const end = rest.lastIndexOf(newline) + 1;
    if (end > 0) blocks.push({ type: "lines", bytes: rest.subarray(0, end) });
    if (end < rest.length) this.#keep(rest.subarray(end));
    return blocks;
  }

  /** The line that never got its newline. */
  end(): Block[] {
    return this.#pendingBytes === 0 ? [] : [this.#take()];
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#pendingBytes += piece.length;
    if (this.#pendingBytes > this.#maxLineBytes + 1 && this.#pieces.length > 1) {
      this.#pieces = [Buffer.concat(this.#pieces).subarray(0, headBytes)];
    }
  }

  #take(): Block {
    const [first = Buffer.alloc(0)] = this.#pieces;
    const whole = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    const block = blockOf(whole, this.#pendingBytes);
    this.#pieces = [];
    this.#pendingBytes = 0;
    return block;
  }
}

function blockOf(held: Buffer, sizeBytes: number): Block {
  if (held.length === sizeBytes) return { type: "lines", bytes: held };
  return { type: "too long", head: held.subarray(0, headBytes), sizeBytes };
}

export async function* blocksForward(file: FileHandle, options: BlockOptions): AsyncGenerator<Block[]> {
  const { startOffset, endOffset, chunkBytes = 1024 * 1024 } = options;
  const assembler = new BlockAssembler(options.maxLineBytes);
  let offset = startOffset;
  const read = (): Promise<Buffer> => {
    const chunk = readAt(file, offset, Math.max(0, Math.min(chunkBytes, endOffset - offset)));
    // Nobody may be left to wait for it.
    chunk.catch(() => undefined);
    return chunk;
  };
  let next = read();
  for (let chunk = await next; chunk.length > 0; chunk = await next) {
    offset += chunk.length;
    // Read while this one is looked at.
    next = read();
    yield assembler.push(chunk);
  }
  yield assembler.end();
}

/** Last blocks first; the lines within a block, and the blocks of one array, are in the file's order. */
export async function* blocksBackward(file: FileHandle, options: BlockOptions): AsyncGenerator<Block[]> {
  const { startOffset, endOffset, maxLineBytes: limitBytes = maxLineBytes } = options;
  const largestBytes = options.chunkBytes ?? 1024 * 1024;
  // Fifty lines are mostly in the last few pages.
  let chunkBytes = options.chunkBytes ?? 64 * 1024;
  let offset = endOffset;
  let pieces: Buffer[] = [];
  let pendingBytes = 0;
  const take = (): Block[] => {
    const whole = pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
    const blocks = pendingBytes === 0 ? [] : [blockOf(whole, pendingBytes)];
    pieces = [];
    pendingBytes = 0;
    return blocks;
  };
  const keep = (piece: Buffer): void => {
    if (piece.length === 0) return;
    pendingBytes += piece.length;
    // Read backwards, the beginning of a line comes last: of one that is too long, only the newest piece is kept.
    pieces = pendingBytes > limitBytes + 1 ? [piece] : [piece, ...pieces];
  };

  while (offset > startOffset) {
    const start = Math.max(startOffset, offset - chunkBytes);
    const chunk = await readAt(file, start, offset - start);
    if (chunk.length < offset - start) return; // The file was cut while we read; the follower shows what comes.
    offset = start;
    chunkBytes = Math.min(chunkBytes * 2, largestBytes);
    // Everything behind the last newline of this chunk belongs to the line that is pending.
    const tailStart = chunk.lastIndexOf(newline) + 1;
    if (pendingBytes === 0 && tailStart === chunk.length) {
      const headEnd = chunk.indexOf(newline) + 1;
      const body = chunk.subarray(headEnd);
      if (body.length > 0) yield [{ type: "lines", bytes: body }];
      keep(chunk.subarray(0, headEnd));
      continue;
    }
    keep(chunk.subarray(tailStart));
    if (tailStart === 0) continue;
    const headEnd = chunk.indexOf(newline) + 1;
    const blocks = take();
    const body = chunk.subarray(headEnd, tailStart);
    yield body.length === 0 ? blocks : [{ type: "lines", bytes: body }, ...blocks];
    keep(chunk.subarray(0, headEnd));
  }
  yield take();
}

/** Fewer bytes only at the end of the file. */
export async function readAt(file: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(sizeBytes);
  let filled = 0;
  while (filled < sizeBytes) {
    const { bytesRead } = await file.read(buffer, filled, sizeBytes - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === sizeBytes ? buffer : buffer.subarray(0, filled);
}

/** Where the last whole line ends, at or before `endOffset`. */
export async function lastLineEnd(file: FileHandle, endOffset: number): Promise<number> {
  let offset = endOffset;
  while (offset > 0) {
    const start = Math.max(0, offset - 64 * 1024);
    const chunk = await readAt(file, start, offset - start);
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) return start + end;
    offset = start;
  }
  return 0;
}

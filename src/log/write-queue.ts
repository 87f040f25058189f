/** Writes lines to the log in order, those of a moment at once, without letting anyone wait; what does not fit is counted. */
import type { LogFile } from "./log-file.ts";

export type Gap = {
  /** Records lost. */
  readonly count: number;
  /** The last of them. */
  readonly seq: number;
  readonly reason: string;
};

export type DiskEvents = {
  /** Said once, until it has recovered. */
  readonly refused: (reason: string) => void;
  /** All that waited is written, but for so many records that had no room. */
  readonly recovered: (lost: number) => void;
};

export type QueueOptions = {
  readonly file: LogFile;
  readonly maxQueuedBytes: number;
  /** The line that stands for lost records. */
  readonly gapLine: (gap: Gap) => string;
  readonly disk?: DiskEvents | undefined;
  /** How long a disk that refuses is left alone. */
  readonly retryMs?: number;
  /** How long a disk may do nothing before the end is no longer put off for it. */
  readonly patienceMs?: number;
};

/** `hanging`: the disk does not answer, and what it was last given may still be written or not. */
export type Closed = "closed" | "hanging";

/** What still waits when a disk refuses to the end. */
export type Unwritten = { readonly count: number; readonly reason: string };

type Item = {
  readonly bytes: Buffer;
  /** How many records it stands for. */
  readonly count: number;
  /** The path of the new file that begins with this line. */
  opens: string | undefined;
};

/** Lines that come within this time are one write: a system call costs more than a line. */
const gatherMs = 1;
/** Under load, when that many came within the time before. */
const manyLines = 3;
const gatherManyMs = 10;
/** A write is no longer than this, unless one line is. */
const writeBytesMax = 256 * 1024;

export class WriteQueue {
  readonly #options: QueueOptions;
  readonly #file: LogFile;
  #items: Item[] = [];
  #first = 0;
  /** How much of the first item is written. */
  #offset = 0;
  #queuedBytes = 0;
  #busy = false;
  #gap: Gap | undefined;
  #failure: string | undefined;
  #isRefusing = false;
  #lost = 0;
  #gathering: NodeJS.Timeout | undefined;
  #gatheredCount = 0;
  #gatherMs = gatherMs;
  #retry: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #closing: { promise: Promise<Closed>; done: (how: Closed) => void } | undefined;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  /** @returns false if there was no room: the line is lost and counted. */
  push(line: string, seq: number): boolean {
    if (this.#closing !== undefined || this.#closed) return false;
    const bytes = Buffer.from(line);
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes.length > this.#options.maxQueuedBytes) {
      const reason =
        this.#failure === undefined
          ? "the disk was too slow"
          : `the log could not be written: ${this.#failure}`;
      this.#gap = { count: (this.#gap?.count ?? 0) + 1, seq, reason };
      this.#lost += 1;
      return false;
    }
    this.#closeGap();
    this.#add({ bytes, count: 1, opens: undefined });
    return true;
  }

  /** The line begins a new file; it always has room. */
  pushIntoNewFile(path: string, line: string): void {
    if (this.#closing !== undefined || this.#closed) return;
    this.#closeGap();
    this.#add({ bytes: Buffer.from(line), count: 1, opens: path });
  }

  /** What has not reached the file. */
  get unwritten(): Unwritten | undefined {
    const left = this.#items.slice(this.#first);
    const count = left.reduce((sum, item) => sum + item.count, this.#gap?.count ?? 0);
    return count === 0 ? undefined : { count, reason: this.#failure ?? "the disk does not answer" };
  }

  isFileRemoved(done: (removed: boolean) => void): void {
    // Each question to a disk that hangs would hold a thread, of which Node has four for all files.
    if (!this.#busy && this.#closing === undefined && !this.#closed) this.#file.isRemoved(done);
  }

  /** Writes what is left; of what the disk refuses then, nothing is tried twice. */
  close(): Promise<Closed> {
    if (this.#closing === undefined) {
      if (this.#closed) return Promise.resolve("closed");
      const { promise, resolve } = withResolvers<Closed>();
      this.#closing = { promise, done: resolve };
      this.#beImpatient();
      this.#pump();
    }
    return this.#closing.promise;
  }

  /** The same for a process that ends now. */
  closeSync(): void {
    if (this.#closed) return;
    this.#finish();
    try {
      if (this.#busy) this.#advance(this.#file.settleWriteSync());
      for (let item = this.#head(); item !== undefined; item = this.#head()) {
        if (item.opens !== undefined) this.#file.openSync(item.opens);
        item.opens = undefined;
        this.#advance(this.#file.writeSync(this.#gathered(item)));
      }
      this.#file.closeSync();
    } catch {
      // The disk refuses: there is nobody left to tell.
    }
    this.#done("closed");
  }

  #add(item: Item): void {
    this.#items.push(item);
    this.#queuedBytes += item.bytes.length;
    this.#gatheredCount += 1;
    if (this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#gatherMs = this.#gatheredCount < manyLines ? gatherMs : gatherManyMs;
      this.#gatheredCount = 0;
      this.#pump();
    }, this.#gatherMs).unref();
  }

  #closeGap(): void {
    if (this.#gap === undefined) return;
    const item = this.#gapItem(this.#gap);
    this.#gap = undefined;
    this.#add(item);
  }

  #gapItem(gap: Gap): Item {
    return { bytes: Buffer.from(this.#options.gapLine(gap)), count: gap.count, opens: undefined };
  }

  /** The next item that is not wholly written; a gap at the end is the last one. */
  #head(): Item | undefined {
    const item = this.#items[this.#first];
    if (item === undefined && this.#gap !== undefined) {
      const gapItem = this.#gapItem(this.#gap);
      this.#gap = undefined;
      this.#queuedBytes += gapItem.bytes.length;
      this.#items.push(gapItem);
    }
    return item ?? this.#items[this.#first];
  }

  #pump(): void {
    if (this.#busy || this.#closed) return;
    if (this.#retry !== undefined && this.#closing === undefined) return;
    const item = this.#head();
    if (item === undefined) {
      if (this.#closing !== undefined) this.#end();
      return;
    }
    this.#busy = true;
    if (item.opens === undefined) {
      this.#file.write(this.#gathered(item), (error, writtenBytes) => this.#settle(error, writtenBytes));
      return;
    }
    this.#file.open(item.opens, (error) => {
      if (error === undefined) item.opens = undefined;
      this.#settle(error, 0);
    });
  }

  /** What is left of the first item, with the lines behind it that go into the same file. */
  #gathered(first: Item): Buffer {
    const parts = [first.bytes.subarray(this.#offset)];
    let size = first.bytes.length - this.#offset;
    for (let next = this.#first + 1; next < this.#items.length; next++) {
      const item = this.#items[next];
      if (item === undefined || item.opens !== undefined || size + item.bytes.length > writeBytesMax) break;
      parts.push(item.bytes);
      size += item.bytes.length;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
  }

  #settle(error: NodeJS.ErrnoException | undefined, writtenBytes: number): void {
    if (this.#closed) return;
    this.#busy = false;
    if (this.#closing !== undefined) this.#beImpatient();
    this.#advance(writtenBytes);
    this.#failure = error === undefined ? undefined : (error.code ?? error.message);
    if (error !== undefined && this.#closing !== undefined) {
      this.#end();
      return;
    }
    this.#tell();
    if (error !== undefined) {
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#pump();
      }, this.#options.retryMs ?? 500);
      this.#retry.unref();
      return;
    }
    this.#pump();
  }

  /** Of what happens at the end, who closes is told. */
  #tell(): void {
    if (this.#closing !== undefined) return;
    const isAllWritten = this.#items.length === 0 && this.#gap === undefined;
    if (this.#failure !== undefined && !this.#isRefusing) {
      this.#isRefusing = true;
      this.#options.disk?.refused(this.#failure);
    } else if (this.#isRefusing && isAllWritten) {
      this.#isRefusing = false;
      this.#options.disk?.recovered(this.#lost);
    }
    if (isAllWritten) this.#lost = 0;
  }

  #advance(writtenBytes: number): void {
    this.#offset += writtenBytes;
    for (let item = this.#items[this.#first]; item !== undefined; item = this.#items[this.#first]) {
      if (this.#offset < item.bytes.length) break;
      this.#offset -= item.bytes.length;
      this.#queuedBytes -= item.bytes.length;
      this.#first += 1;
    }
    if (this.#first === this.#items.length || this.#first >= 1024) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
  }

  #end(): void {
    this.#finish();
    this.#file.close(() => this.#done("closed"));
  }

  #finish(): void {
    this.#closed = true;
    clearTimeout(this.#gathering);
    clearTimeout(this.#retry);
  }

  #beImpatient(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#finish();
      this.#done("hanging");
    }, this.#options.patienceMs ?? 2000);
  }

  #done(how: Closed): void {
    clearTimeout(this.#patience);
    this.#closing?.done(how);
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

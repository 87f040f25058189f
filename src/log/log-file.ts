/** The file that a log is appended to: opened private, written with one system call at a time. */
import fs from "node:fs";

type Failure = NodeJS.ErrnoException | undefined;

/** How long a write that is under way may take when the process ends. */
const settleMs = 250;
const privateMode = 0o600;

export class LogFile {
  #path: string;
  #descriptor: number;
  /** Whether its size tells what was written: not so for a pipe or a terminal. */
  #regular: boolean;
  #sizeBytes: number;
  #writingBytes = 0;
  #removed = false;
  #closed = false;

  readonly #makeFolder: () => void;

  /** Throws what the file system says. */
  constructor(path: string, makeFolder: () => void) {
    this.#path = path;
    this.#makeFolder = makeFolder;
    makeFolder();
    this.#descriptor = fs.openSync(path, "a", privateMode);
    const { size, isFile } = statsOf(this.#descriptor);
    this.#sizeBytes = size;
    this.#regular = isFile;
  }

  get path(): string {
    return this.#path;
  }

  /** What it held when it was opened, and what was written since. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** May write only a part, as a disk that fills up does. */
  write(bytes: Buffer, done: (error: Failure, writtenBytes: number) => void): void {
    this.#writingBytes = bytes.length;
    fs.write(this.#descriptor, bytes, 0, bytes.length, null, (error, writtenBytes) => {
      this.#writingBytes = 0;
      if (error === null) this.#sizeBytes += writtenBytes;
      const failure = error ?? (writtenBytes === 0 ? new Error("nothing was written") : undefined);
      done(failure, error === null ? writtenBytes : 0);
    });
  }

  writeSync(bytes: Buffer): number {
    const writtenBytes = fs.writeSync(this.#descriptor, bytes);
    this.#sizeBytes += writtenBytes;
    return writtenBytes;
  }

  /** Waits for the write that is under way, whose callback will not come any more; returns what it wrote. */
  settleWriteSync(): number {
    const expectedBytes = this.#writingBytes;
    if (!this.#regular || expectedBytes === 0) return expectedBytes;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    let writtenBytes = 0;
    for (let waitedMs = 0; waitedMs < settleMs && writtenBytes < expectedBytes; waitedMs += 1) {
      writtenBytes = statsOf(this.#descriptor).size - this.#sizeBytes;
      if (writtenBytes < expectedBytes) Atomics.wait(cell, 0, 0, 1);
    }
    // A disk that hangs may still take it: writing it again would bring it in twice.
    if (writtenBytes <= 0) throw new Error("the disk does not answer");
    this.#sizeBytes += writtenBytes;
    return Math.min(writtenBytes, expectedBytes);
  }

  /** Goes on in another file; stays with this one if that fails. */
  open(path: string, done: (error: Failure) => void): void {
    try {
      this.#makeFolder();
    } catch (error) {
      process.nextTick(done, error);
      return;
    }
    fs.open(path, "a", privateMode, (error, descriptor) => {
      if (error !== null) {
        done(error);
        return;
      }
      fs.fstat(descriptor, (_, stats?: fs.Stats) => {
        fs.close(this.#closed ? descriptor : this.#descriptor, () => undefined);
        if (!this.#closed) this.#become(path, descriptor, stats?.size ?? 0, stats?.isFile() ?? false);
        done(undefined);
      });
    });
  }

  /** Whether somebody removed the file, so that nobody will ever read what is written to it; said once a file. */
  isRemoved(done: (removed: boolean) => void): void {
    fs.fstat(this.#descriptor, (_, stats?: fs.Stats) => {
      if (this.#closed || this.#removed) return;
      this.#removed = stats?.nlink === 0;
      done(this.#removed);
    });
  }

  openSync(path: string): void {
    this.#makeFolder();
    const descriptor = fs.openSync(path, "a", privateMode);
    fs.closeSync(this.#descriptor);
    const { size, isFile } = statsOf(descriptor);
    this.#become(path, descriptor, size, isFile);
  }

  close(done: () => void): void {
    this.#closed = true;
    fs.close(this.#descriptor, done);
  }

  closeSync(): void {
    this.#closed = true;
    fs.closeSync(this.#descriptor);
  }

  #become(path: string, descriptor: number, sizeBytes: number, regular: boolean): void {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
    this.#regular = regular;
    this.#removed = false;
  }
}

function statsOf(descriptor: number): { size: number; isFile: boolean } {
  const stats = fs.fstatSync(descriptor);
  return { size: stats.size, isFile: stats.isFile() };
}

/** The session log of one `mcp dev`: stamps and redacts records, and appends them to its file. */
import path from "node:path";
import { encodeLine, stampRecord } from "./encode.ts";
import { logName, partName } from "./log-file-name.ts";
import { openAt, openInFolder } from "./log-folder.ts";
import type { LogRecord, MetaRecord, RecordInput } from "./record.ts";
import { Redactor } from "./redact.ts";
import { removeOldLogs } from "./retention.ts";
import { WriteQueue, type Closed, type DiskEvents, type Gap, type Unwritten } from "./write-queue.ts";

export type LogLimits = {
  /** Larger bodies are cut. */
  readonly bodyBytes: number;
  /** A larger file is continued in a new one; not so a file that the user named. */
  readonly fileBytes: number;
  readonly files: number;
  readonly ageDays: number;
  /** What may wait for the disk. */
  readonly queueBytes: number;
};

export type SessionLogOptions = {
  /** `.mcp/sessions` of the project. */
  readonly directory: string;
  /** Written to instead of a file in the directory. */
  readonly file?: string;
  /** Arguments and results are written. */
  readonly payloads: boolean;
  readonly pid?: number;
  readonly startedAt?: Date;
  readonly limits?: Partial<LogLimits>;
  readonly disk?: DiskEvents;
};

/** How long a log that somebody deleted may go unnoticed. */
const removalCheckMs = 1000;

export type Stamper = (input: RecordInput, at?: number) => LogRecord;

const defaults: LogLimits = {
  bodyBytes: 256 * 1024,
  fileBytes: 64 * 1024 * 1024,
  files: 20,
  ageDays: 14,
  queueBytes: 32 * 1024 * 1024,
};

/** Stamping and redaction alone, for a server without a log. */
export function stampRecords({ payloads }: { readonly payloads: boolean }): Stamper {
  const redactor = new Redactor();
  let seq = 0;
  return (input, at = Date.now()) => stampRecord(input, (seq += 1), at, { redactor, payloads });
}

/** Throws a `CliError` if the place cannot be written to. */
export function openSessionLog(options: SessionLogOptions): SessionLog {
  return new SessionLog(options);
}

export class SessionLog {
  readonly #limits: LogLimits;
  readonly #queue: WriteQueue;
  readonly #stamp: { readonly redactor: Redactor; readonly payloads: boolean };
  readonly #directory: string;
  /** Without one, the file is the user's: never rotated, and nothing beside it is removed. */
  readonly #log: string | undefined;
  #file: string;
  #part = 1;
  #fileBytes: number;
  #seq = 0;
  #meta: MetaRecord | undefined;
  #checkedMs = Date.now();
  #closed = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(options: SessionLogOptions) {
    const { directory, payloads, pid = process.pid, startedAt = new Date() } = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#stamp = { redactor: new Redactor(this.#limits.bodyBytes), payloads };
    this.#directory = directory;
    this.#log = options.file === undefined ? logName(startedAt, pid) : undefined;
    const file =
      this.#log === undefined ? openAt(options.file ?? "") : openInFolder(directory, partName(this.#log, 1));
    this.#file = file.path;
    this.#fileBytes = file.sizeBytes;
    this.#queue = new WriteQueue({
      file,
      maxQueuedBytes: this.#limits.queueBytes,
      gapLine: (gap) => this.#gapLine(gap),
      disk: options.disk,
    });
    this.#removeOld();
  }

  /** Where new records go; another one after each rotation. */
  get file(): string {
    return this.#file;
  }

  /** Never throws, never waits: what cannot be written is counted in a `drop` record. */
  record(input: RecordInput, at: number = Date.now()): LogRecord {
    if (!this.#closed) this.#renew();
    if (input.kind === "meta") this.#meta = input;
    const record = stampRecord(input, (this.#seq += 1), at, this.#stamp);
    const line = encodeLine(record, this.#limits.bodyBytes);
    if (this.#queue.push(line, record.seq)) this.#fileBytes += Buffer.byteLength(line);
    return record;
  }

  /** What has not reached the file; after the end, what never will. */
  get unwritten(): Unwritten | undefined {
    return this.#queue.unwritten;
  }

  /** Settles when everything is written, or the disk refused, or did not answer for a while. */
  async close(): Promise<Closed> {
    this.#closed = true;
    const how = await this.#queue.close();
    if (how === "closed") await this.#tidying;
    return how;
  }

  /** The same for a process that ends now. */
  closeSync(): void {
    this.#closed = true;
    this.#queue.closeSync();
  }

  #renew(): void {
    if (this.#log !== undefined && this.#fileBytes >= this.#limits.fileBytes) this.#continueInNewFile();
    const nowMs = Date.now();
    if (Math.abs(nowMs - this.#checkedMs) < removalCheckMs) return;
    this.#checkedMs = nowMs;
    this.#queue.isFileRemoved((removed) => {
      if (removed && !this.#closed) this.#continueInNewFile();
    });
  }

  /** Every file says what it is the log of. */
  #continueInNewFile(): void {
    this.#part += 1;
    if (this.#log !== undefined) this.#file = path.join(this.#directory, partName(this.#log, this.#part));
    const meta: RecordInput = this.#meta ?? {
      kind: "drop",
      count: 0,
      reason: "continued from the previous file",
    };
    const record = stampRecord(meta, (this.#seq += 1), Date.now(), this.#stamp);
    const line = encodeLine(record, this.#limits.bodyBytes);
    this.#queue.pushIntoNewFile(this.#file, line);
    this.#fileBytes = Buffer.byteLength(line);
    this.#removeOld();
  }

  #removeOld(): void {
    if (this.#log === undefined) return;
    const { files, ageDays } = this.#limits;
    const [directory, ownLog, currentFile] = [this.#directory, this.#log, this.#file];
    this.#tidying = this.#tidying.then(() =>
      removeOldLogs({ directory, ownLog, currentFile, files, ageDays }),
    );
  }

  /** Has the number of the last record that it stands for, so that the numbers of a file always rise. */
  #gapLine({ count, seq, reason }: Gap): string {
    const record = stampRecord({ kind: "drop", count, reason }, seq, Date.now(), this.#stamp);
    return encodeLine(record, this.#limits.bodyBytes);
  }
}

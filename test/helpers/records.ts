/** The records of a running `mcp dev --json`, in order, waited for one after the other. */
import type { Readable } from "node:stream";
import type { LogRecord, ReloadEvent } from "../../src/log/record.ts";
import { LineSplitter } from "../../src/relay/lines.ts";

type Wanted = (record: LogRecord) => boolean;
type Waiter = { readonly wanted: Wanted; readonly resolve: (record: LogRecord) => void };

const waitTimeoutMs = 15_000;

export class Records {
  readonly all: LogRecord[] = [];
  /** Lines that are no records. */
  readonly other: string[] = [];
  #next = 0;
  #waiter: Waiter | undefined;

  read(stream: Readable): void {
    const lines = new LineSplitter((line) => this.#line(line));
    stream.on("data", (chunk: Buffer) => lines.push(chunk));
    stream.on("end", () => lines.end());
  }

  /** The next record of that kind; those before it are passed over. One caller at a time. */
  next(wanted: Wanted): Promise<LogRecord> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the record did not come")), waitTimeoutMs);
      this.#waiter = {
        wanted,
        resolve: (record) => {
          clearTimeout(timer);
          resolve(record);
        },
      };
      this.#look();
    });
  }

  /** The next reload that got that far. */
  reload(event: ReloadEvent): Promise<LogRecord> {
    return this.next((record) => record.kind === "reload" && record.event === event);
  }

  /** Names of the session events so far. */
  sessionEvents(): string[] {
    return this.all.filter((record) => record.kind === "session").map(({ event }) => event);
  }

  #line(line: string): void {
    const record = parse(line);
    if (record === undefined) {
      this.other.push(line);
      return;
    }
    this.all.push(record);
    this.#look();
  }

  #look(): void {
    while (this.#waiter !== undefined && this.#next < this.all.length) {
      const record = this.all[this.#next++];
      if (record === undefined || !this.#waiter.wanted(record)) continue;
      const { resolve } = this.#waiter;
      this.#waiter = undefined;
      resolve(record);
    }
  }
}

function parse(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "kind" in value ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

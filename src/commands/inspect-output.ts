/** Writes the entries of the log to standard output: pretty lines for a person, the lines of the file for a program. */
import type { Entry } from "../log/decode.ts";
import { isAlive } from "../log/process-alive.ts";
import { fit } from "../terminal/display-width.ts";
import { EventLines } from "../terminal/event-lines.ts";
import { canBeLive, LiveRegion } from "../terminal/live-region.ts";
import { stylesFor, type Styles } from "../terminal/styles.ts";
import type { InspectOptions } from "./inspect-options.ts";

/** Columns of a line that goes to a file or a pipe. */
const widthElsewhere = 120;
const shownOfUnreadable = 200;
/** Of the process id before each line, where several servers write. */
const labelCells = 7;
/** How long the calls of a server that was killed may still seem to be waiting. */
const serverCheckMs = 1000;

export class InspectOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #expand: boolean;
  readonly #json: boolean;
  readonly #isPartial: boolean;
  readonly #withoutAnswers: boolean;
  readonly #styles: Styles;
  /** Each log has its own: the short names of sessions are only known within one. */
  readonly #linesOf = new Map<string, EventLines>();
  readonly #servers = new Map<string, { readonly pid: number; readonly startedMs: number }>();
  readonly #region: LiveRegion;
  #serverCheck: NodeJS.Timeout | undefined;
  readonly #shown = new Set<string>();
  #lastShown = "";
  /** Two servers wrote at the same time: each line says which. */
  #isInterleaved = false;

  constructor(stream: NodeJS.WriteStream, options: Pick<InspectOptions, "expand" | "json" | "filter">) {
    this.#stream = stream;
    this.#expand = options.expand;
    this.#json = options.json;
    this.#styles = stylesFor(stream);
    const { events, methods, tools, pattern, errors } = options.filter;
    // All of a session, or all since its start, is still the whole of it.
    this.#withoutAnswers = events !== undefined && !events.includes("response");
    this.#region = new LiveRegion({ stream, lines: (...now) => this.#waitingNow(...now) });
    this.#isPartial = [events, methods, tools, pattern, errors].some((flag) => flag !== undefined);
  }

  /** Takes notice of a record without showing it: paths are shown relative to the project that the first one names. */
  learn(entry: Entry): void {
    this.#meet(entry);
    this.#heard(entry);
  }

  /** From now on what is written happens now: calls that wait are shown while they do. */
  goLive(): void {
    if (this.#json || !canBeLive(this.#stream)) return;
    this.#giveUpOnEnded();
    this.#serverCheck = setInterval(() => this.#giveUpOnEnded(), serverCheckMs).unref();
    this.#region.start();
  }

  /** Takes away what is not to stay. */
  stop(): void {
    clearInterval(this.#serverCheck);
    this.#region.stop();
  }

  /**
   * Settles when the stream takes more, or the signal is aborted.
   * @param isShown the others are only taken notice of.
   */
  async write(
    entries: readonly Entry[],
    signal: AbortSignal,
    isShown: (entry: Entry) => boolean = () => true,
  ): Promise<void> {
    if (this.#json) await written(this.#stream, jsonLines(entries), signal);
    else await drained(this.#stream, this.#region.write(this.#prettyLines(entries, isShown)), signal);
  }

  /** Shows what still waits for an answer; settles when all is out. */
  async flush(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const waiting = this.#json
      ? []
      : [...this.#linesOf].flatMap(([log, lines]) => this.#labelled(log, lines.waiting()));
    const text = waiting.map((line) => `${line}\n`).join("");
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      this.#stream.write(text, () => resolve());
    });
  }

  #prettyLines(entries: readonly Entry[], isShown: (entry: Entry) => boolean): string {
    let text = "";
    for (const entry of entries) {
      const isAsked = isShown(entry);
      if (isAsked) this.#notice(entry.log);
      this.#meet(entry);
      const lines = isAsked ? this.#linesFor(entry) : this.#heard(entry);
      for (const line of this.#labelled(entry.log, lines)) text += `${line}\n`;
    }
    return text;
  }

  #heard(entry: Entry): string[] {
    return entry.type === "record" ? this.#eventLines(entry.log).hear(entry.record) : [];
  }

  #meet({ log, ...entry }: Entry): void {
    if (entry.type !== "record" || entry.record.kind !== "meta") return;
    this.#servers.set(log, { pid: entry.record.pid, startedMs: Date.parse(entry.record.time) });
  }

  #waitingNow(nowMs: number, most: number, mark: string): string[] {
    const lines = [...this.#linesOf].flatMap(([log, of]) => this.#labelled(log, of.live(nowMs, most, mark)));
    return lines.slice(-most);
  }

  /** What a server that is gone was asked is not waited for any more. */
  #giveUpOnEnded(): void {
    let text = "";
    for (const [log, lines] of this.#linesOf) {
      const server = this.#servers.get(log);
      // One that has not said who it is has only just begun.
      if (server === undefined || isAlive(server.pid, server.startedMs)) continue;
      for (const line of this.#labelled(log, lines.lost())) text += `${line}\n`;
    }
    if (text !== "") this.#region.write(text);
  }

  /** A restarted server's log follows its predecessor's; only those of two servers come back to one that was left. */
  #notice(log: string): void {
    if (log === this.#lastShown) return;
    if (this.#shown.has(log)) this.#isInterleaved = true;
    this.#shown.add(log);
    this.#lastShown = log;
  }

  /** The end of the log's name is the server's process id. */
  #labelled(log: string, lines: readonly string[]): readonly string[] {
    if (!this.#isInterleaved) return lines;
    const pid = /\d+$/.exec(log)?.[0] ?? log.slice(-labelCells);
    const label = this.#styles.dim(`${pid} `.padStart(labelCells + 1));
    return lines.map((line) => `${label}${line}`);
  }

  #linesFor(entry: Entry): string[] {
    switch (entry.type) {
      case "record":
        return this.#eventLines(entry.log).render(entry.record);
      case "unknown":
        return [
          this.#styles.dim(fit(`· ${entry.kind}: from a newer version, shown with --json`, this.#width())),
        ];
      case "unreadable": {
        const start = entry.bytes.subarray(0, shownOfUnreadable).toString("utf8");
        const what = `? unreadable line (${entry.reason}, ${entry.sizeBytes} bytes)`;
        return [this.#styles.yellow(fit(`${what} ${start}`, this.#width()))];
      }
    }
  }

  #eventLines(log: string): EventLines {
    const known = this.#linesOf.get(log);
    if (known !== undefined) return known;
    const lines = new EventLines({
      styles: this.#styles,
      width: () => this.#width(),
      verbosity: "normal",
      expand: this.#expand,
      showMeta: true,
      isPartial: this.#isPartial,
      withoutAnswers: this.#withoutAnswers,
    });
    this.#linesOf.set(log, lines);
    return lines;
  }

  #width(): number {
    const width = columnsOf(this.#stream);
    return this.#isInterleaved ? Math.max(1, width - labelCells - 1) : width;
  }
}

/** A terminal that nobody has told its size says 0. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : widthElsewhere;
}

/** Settles when the stream takes more, or the signal is aborted. */
export async function written(
  stream: NodeJS.WriteStream,
  bytes: Buffer | string,
  signal: AbortSignal,
): Promise<void> {
  if (bytes.length > 0 && !signal.aborted) await drained(stream, stream.write(bytes), signal);
}

async function drained(stream: NodeJS.WriteStream, takesMore: boolean, signal: AbortSignal): Promise<void> {
  if (takesMore || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    stream.once("drain", done);
    signal.addEventListener("abort", done);
  });
}

const lineEnd = Buffer.from("\n");

function jsonLines(entries: readonly Entry[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [verbatim(entry), lineEnd]));
}

/** The bytes of the file, except where these are no JSON: whoever reads this expects a value in each line. */
function verbatim(entry: Entry): Buffer {
  if (entry.type !== "unreadable") return entry.bytes;
  const { reason, sizeBytes } = entry;
  const text = entry.bytes.subarray(0, shownOfUnreadable).toString("utf8");
  return Buffer.from(JSON.stringify({ kind: "unreadable", reason, bytes: sizeBytes, text }));
}

/** Lines at the bottom of a terminal that are drawn anew until they are gone: calls that wait for their answers. */
import { cellsOfLine } from "./display-width.ts";

type LiveStream = Pick<NodeJS.WriteStream, "write" | "rows" | "columns" | "writableNeedDrain">;

export type LiveRegionOptions = {
  readonly stream: LiveStream;
  /** What waits now; `mark` turns from one drawing to the next. */
  readonly lines: (nowMs: number, most: number, mark: string) => readonly string[];
};

const marks = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const drawEveryMs = 100;
const mostLines = 6;
const rowsElsewhere = 24;

/** A terminal that cannot move its cursor shows no such lines. */
export function canBeLive(
  { isTTY }: { readonly isTTY: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return isTTY && env["TERM"] !== "dumb";
}

export class LiveRegion {
  readonly #options: LiveRegionOptions;
  #drawn: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(options: LiveRegionOptions) {
    this.#options = options;
  }

  get stream(): LiveStream {
    return this.#options.stream;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#redraw(), drawEveryMs).unref();
  }

  /** Writes lines that stay, above those that do not. @returns whether the stream takes more at once. */
  write(text: string): boolean {
    const { stream } = this.#options;
    const erase = this.#eraseText();
    this.#drawn = this.#timer === undefined ? [] : this.#current();
    return stream.write(`${erase}${text}${drawText(this.#drawn)}`);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#drawn.length > 0) this.write("");
  }

  #redraw(): void {
    // What a slow terminal has not taken yet is not worth a queue.
    if (this.#options.stream.writableNeedDrain) return;
    this.#frame += 1;
    const lines = this.#current();
    if (lines.length === 0 && this.#drawn.length === 0) return;
    this.write("");
  }

  #current(): readonly string[] {
    const rows = this.#options.stream.rows || rowsElsewhere;
    const mark = marks[this.#frame % marks.length] ?? "";
    return this.#options.lines(Date.now(), Math.min(mostLines, Math.floor(rows / 2)), mark);
  }

  #eraseText(): string {
    if (this.#drawn.length === 0) return "";
    const rows = this.#drawn.reduce((sum, line) => sum + rowsOf(line, this.#options.stream.columns), 0);
    // Row by row: what is erased at once from the first row of the screen, tmux keeps to scroll back to.
    return "\u001B[A\u001B[2K".repeat(rows);
  }
}

/** A terminal that became narrower since has folded the line. */
function rowsOf(line: string, columns: number): number {
  return columns > 0 ? Math.max(1, Math.ceil(cellsOfLine(line) / columns)) : 1;
}

function drawText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Where the records of `mcp dev` go besides the log: pretty lines for a person, JSON lines for a program. */
import type { LogRecord } from "../log/record.ts";
import { startBlock, type StartBlock } from "../terminal/dev-screen.ts";
import { EventLines } from "../terminal/event-lines.ts";
import { stylesFor } from "../terminal/styles.ts";
import type { DevFlags } from "./dev-options.ts";

type Flags = Pick<DevFlags, "json" | "quiet" | "verbose">;

/** Columns of a line that goes to a file or a pipe. */
const widthElsewhere = 120;

export class DevOutput {
  readonly #flags: Flags;
  readonly #stream: () => NodeJS.WriteStream;
  #lines: EventLines | undefined;

  constructor(flags: Flags, stream: () => NodeJS.WriteStream) {
    this.#flags = flags;
    this.#stream = stream;
  }

  show(record: LogRecord): void {
    const stream = this.#stream();
    if (this.#flags.json) {
      stream.write(`${JSON.stringify(record)}\n`);
      return;
    }
    this.#lines ??= new EventLines({
      styles: stylesFor(stream),
      width: () => (stream.isTTY ? stream.columns : widthElsewhere),
      verbosity: this.#flags.quiet ? "quiet" : this.#flags.verbose ? "verbose" : "normal",
    });
    for (const line of this.#lines.render(record)) stream.write(`${line}\n`);
  }

  start(about: StartBlock): void {
    if (this.#flags.json || this.#flags.quiet) return;
    const stream = this.#stream();
    stream.write(startBlock(stylesFor(stream), about));
  }
}

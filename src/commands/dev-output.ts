/** Where the records of `mcp dev` go besides the log: pretty lines for a person, JSON lines for a program. */
import type { LogRecord } from "../log/record.ts";
import { startBlock, type StartBlock } from "../terminal/dev-screen.ts";
import { EventLines } from "../terminal/event-lines.ts";
import { canBeLive, LiveRegion } from "../terminal/live-region.ts";
import { stylesFor } from "../terminal/styles.ts";
import type { DevFlags } from "./dev-options.ts";

type Flags = Pick<DevFlags, "json" | "quiet" | "verbose">;

/** Columns of a line that goes to a file or a pipe. */
const widthElsewhere = 120;

export class DevOutput {
  readonly #flags: Flags;
  readonly #stream: () => NodeJS.WriteStream;
  #lines: EventLines | undefined;
  #region: LiveRegion | undefined;

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
    const lines = (this.#lines ??= new EventLines({
      styles: stylesFor(stream),
      width: () => (stream.isTTY ? stream.columns : widthElsewhere),
      verbosity: this.#flags.quiet ? "quiet" : this.#flags.verbose ? "verbose" : "normal",
    }));
    const text = lines.render(record).map((line) => `${line}\n`);
    if (text.length > 0) this.#regionOf(stream, lines).write(text.join(""));
  }

  /** Which stream it is may only be known when the server has said what it serves. */
  #regionOf(stream: NodeJS.WriteStream, lines: EventLines): LiveRegion {
    if (this.#region?.stream === stream) return this.#region;
    this.#region?.stop();
    const region = new LiveRegion({ stream, lines: (...now) => lines.live(...now) });
    if (canBeLive(stream)) region.start();
    this.#region = region;
    return region;
  }

  start(about: StartBlock): void {
    if (this.#flags.json || this.#flags.quiet) return;
    const stream = this.#stream();
    const block = startBlock(stylesFor(stream), about);
    if (this.#region?.stream === stream) this.#region.write(block);
    else stream.write(block);
  }

  /** Takes away what is not to stay. */
  stop(): void {
    this.#region?.stop();
  }
}

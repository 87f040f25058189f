/** What `mcp dev` shows besides its log: pretty lines for a person, JSON lines for a program. */
import type { LogRecord } from "../log/record.ts";
import type { ResultView } from "../terminal/call-result.ts";
import { startBlock, type StartBlock } from "../terminal/dev-screen.ts";
import { EventLines } from "../terminal/event-lines.ts";
import { canBeLive, LiveRegion } from "../terminal/live-region.ts";
import { OpenSessions } from "../terminal/open-sessions.ts";
import { linesOf, plainText } from "../terminal/plain-text.ts";
import { stylesFor, type Styles } from "../terminal/styles.ts";
import type { DevFlags } from "./dev-options.ts";

type Flags = Pick<DevFlags, "json" | "quiet" | "verbose">;

/** Columns of a line that goes to a file or a pipe. */
const widthElsewhere = 120;

export class DevOutput {
  readonly #flags: Flags;
  readonly #stream: () => NodeJS.WriteStream;
  readonly #sessions = new OpenSessions();
  #lines: EventLines | undefined;
  /** What is shown when nobody else needs the screen any more. */
  #held: LogRecord[] | undefined;
  #hasStarted = false;
  #region: LiveRegion | undefined;

  constructor(flags: Flags, stream: () => NodeJS.WriteStream) {
    this.#flags = flags;
    this.#stream = stream;
  }

  get styles(): Styles {
    return stylesFor(this.#stream());
  }

  get width(): number {
    const stream = this.#stream();
    return stream.isTTY && stream.columns > 0 ? stream.columns : widthElsewhere;
  }

  get view(): ResultView {
    const plain = (text: string): string => linesOf(text, Infinity).map(plainText).join("\n");
    return { styles: this.styles, width: this.width, plain };
  }

  show(record: LogRecord): void {
    if (this.#flags.json) {
      this.#stream().write(`${JSON.stringify(record)}\n`);
      return;
    }
    this.#sessions.see(record);
    if (this.#held !== undefined) this.#held.push(record);
    else this.#print(record);
  }

  /** Keeps back what happens, for as long as something else is on the screen. */
  hold(): void {
    this.#held ??= [];
    this.stop();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const record of held) this.#print(record);
  }

  start(about: StartBlock): void {
    this.#hasStarted = true;
    if (!this.#flags.json && !this.#flags.quiet) this.#write(startBlock(this.styles, about));
    this.release();
  }

  /** Lines of our own that are no record; a program that reads records is not told. */
  say(lines: readonly string[]): void {
    if (!this.#flags.json && lines.length > 0) this.#write(lines.map((line) => `${line}\n`).join(""));
  }

  sessions(): string[] {
    return this.#sessions.lines(this.styles, this.width);
  }

  lastExpanded(): string[] {
    return this.#eventLines().lastExpanded();
  }

  clear(): void {
    this.#write("\u001B[2J\u001B[3J\u001B[H");
  }

  /** Takes away what is not to stay. */
  stop(): void {
    this.#region?.stop();
    this.#region = undefined;
  }

  #print(record: LogRecord): void {
    // The block of the start says it better.
    const isStart = record.kind === "reload" && record.event === "serving" && !this.#hasStarted;
    if (isStart && !this.#flags.quiet) return;
    const lines = this.#eventLines();
    const rendered = lines.render(record);
    this.#beLive(lines);
    this.say(rendered);
  }

  #write(text: string): void {
    const stream = this.#stream();
    if (this.#region?.stream === stream) this.#region.write(text);
    else stream.write(text);
  }

  /** Which stream it is may only be known when the server has said what it serves. */
  #beLive(lines: EventLines): void {
    const stream = this.#stream();
    if (this.#region?.stream === stream || !canBeLive(stream)) return;
    this.stop();
    this.#region = new LiveRegion({ stream, lines: (...now) => lines.live(...now) });
    this.#region.start();
  }

  #eventLines(): EventLines {
    return (this.#lines ??= new EventLines({
      styles: this.styles,
      width: () => this.width,
      verbosity: this.#flags.quiet ? "quiet" : this.#flags.verbose ? "verbose" : "normal",
      keepsLast: true,
    }));
  }
}

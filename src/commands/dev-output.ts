/** What `mcp dev` shows besides its log: pretty lines for a person, JSON lines for a program. */
import type { LogRecord } from "../log/record.ts";
import type { ResultView } from "../terminal/call-result.ts";
import { startBlock, startLine, type StartBlock } from "../terminal/dev-screen.ts";
import { EventLines } from "../terminal/event-lines.ts";
import { canBeLive, LiveRegion } from "../terminal/live-region.ts";
import { OpenSessions } from "../terminal/open-sessions.ts";
import { linesOf, plainText } from "../terminal/plain-text.ts";
import { stylesFor, type Styles } from "../terminal/styles.ts";
import type { DevFlags } from "./dev-options.ts";

type Flags = Pick<DevFlags, "json" | "quiet" | "verbose">;

/** Columns of a line that goes to a file or a pipe. */
const widthElsewhere = 120;
/** A question may be open for hours. */
const mostHeld = 1000;

export class DevOutput {
  readonly #flags: Flags;
  readonly #stream: () => NodeJS.WriteStream;
  readonly #sessions = new OpenSessions();
  #lines: EventLines | undefined;
  /** Lines that are shown when nobody else needs the screen any more. */
  #held: string[] | undefined;
  #leftOut = 0;
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
    // The start says it better.
    if (record.kind === "reload" && record.event === "serving" && !this.#hasStarted) return;
    const lines = this.#eventLines();
    const rendered = lines.render(record);
    if (this.#held === undefined) this.#beLive(lines);
    this.say(rendered);
  }

  /** Keeps back what happens, for as long as something else is on the screen. */
  hold(): void {
    this.#held ??= [];
    this.stop();
  }

  release(): void {
    const [held, leftOut] = [this.#held ?? [], this.#leftOut];
    this.#held = undefined;
    this.#leftOut = 0;
    if (leftOut > 0) this.say([this.styles.dim(`  … ${leftOut} lines more; mcp inspect has them all`)]);
    this.say(held);
    if (this.#lines !== undefined) this.#beLive(this.#lines);
  }

  start(about: StartBlock): void {
    this.#hasStarted = true;
    const { json, quiet } = this.#flags;
    if (!json) this.#write((quiet ? startLine : startBlock)(this.styles, about));
    this.release();
  }

  /** Lines of our own that are no record; a program that reads records is not told. */
  say(lines: readonly string[]): void {
    if (this.#flags.json || lines.length === 0) return;
    if (this.#held === undefined) {
      this.#write(lines.map((line) => `${line}\n`).join(""));
      return;
    }
    this.#held.push(...lines);
    this.#leftOut += this.#held.splice(0, Math.max(0, this.#held.length - mostHeld)).length;
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

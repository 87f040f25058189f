/** What each key does that is pressed while `mcp dev` runs at a terminal. */
import { CliError } from "../cli-error.ts";
import type { HttpFront } from "../dev/http-front.ts";
import { Keyboard } from "../dev/keyboard.ts";
import type { DevOptions } from "../dev/options.ts";
import type { Offer } from "../client/offer.ts";
import type { Foreign } from "../terminal/foreign.ts";
import { keyLines } from "../terminal/key-lines.ts";
import type { DevInspector } from "./dev-inspector.ts";
import type { DevOutput } from "./dev-output.ts";
import type { DevTools, ToolCall } from "./dev-tools.ts";

export type DevKeysOptions = {
  readonly options: DevOptions;
  readonly output: DevOutput;
  /** Records as JSON: a program reads them. */
  readonly isForProgram: boolean;
  readonly offer: () => Offer | undefined;
  readonly reload: () => void;
  /** Ctrl-C, which does not come as a signal while keys are read. */
  readonly cancel: () => void;
  readonly quit: () => void;
};

export class DevKeys {
  readonly #options: DevKeysOptions;
  readonly #keyboard: Keyboard;
  #http: HttpFront | undefined;
  #tools: DevTools | undefined;
  #inspector: DevInspector | undefined;
  #isClosed = false;
  /** A second `t` while the first one is on its way asks nothing. */
  #isChoosing = false;

  constructor(options: DevKeysOptions) {
    this.#options = options;
    this.#keyboard = new Keyboard(process.stdin, process.stdout, (key) => {
      void this.#pressed(key).catch((error: unknown) => this.#failed(error));
    });
  }

  /** Only a person at a terminal who is shown what happens presses keys; a client's pipe is not ours to read. */
  areWanted(http: HttpFront | undefined): boolean {
    const { options, isForProgram } = this.#options;
    return http !== undefined && options.inputIsTerminal && process.stdout.isTTY && !isForProgram;
  }

  start(http: HttpFront | undefined): void {
    if (http === undefined || !this.areWanted(http)) return;
    this.#http = http;
    this.#keyboard.start();
  }

  /** Resolves when all that was started by a key is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#keyboard.close();
    await Promise.all([this.#tools?.close(), this.#inspector?.close()]);
  }

  async #pressed(key: string): Promise<void> {
    const { output, reload, cancel, quit } = this.#options;
    switch (key) {
      case "\u0003":
        cancel();
        break;
      case "q":
        quit();
        break;
      case "h":
      case "?":
        output.say(keyLines(output.styles));
        break;
      case "r":
        reload();
        break;
      case "c":
        output.clear();
        break;
      case "s":
        output.say(output.sessions());
        break;
      case "e":
        this.#expand();
        break;
      case "l":
        await this.#list();
        break;
      case "t":
        await this.#callTool();
        break;
      case "i":
        await this.#inspect();
        break;
      case "\r":
      case "\n":
        output.say([""]);
        break;
      default:
    }
  }

  #expand(): void {
    const { output } = this.#options;
    const lines = output.lastExpanded();
    output.say(lines.length === 0 ? [output.styles.dim("  no call was answered yet")] : lines);
  }

  async #list(): Promise<void> {
    const { output, offer } = this.#options;
    const now = offer();
    if (now === undefined) {
      output.say([output.styles.dim("  the server has not said yet what it offers")]);
      return;
    }
    const { offerText } = await import("./offer-text.ts");
    output.say(["", ...offerText(now, output.styles, output.width), ""]);
  }

  async #callTool(): Promise<void> {
    const { output, options, offer } = this.#options;
    if (this.#http === undefined || this.#isChoosing) return;
    if (offer() === undefined) {
      output.say([output.styles.dim("  there is no server to ask yet")]);
      return;
    }
    this.#isChoosing = true;
    try {
      const { DevTools } = await import("./dev-tools.ts");
      this.#tools ??= new DevTools(this.#http, options);
      const tools = await this.#tools.tools();
      const call = await this.#ask(this.#tools, tools);
      // Its answer may take a while, in which keys and events go on.
      if (call === undefined) output.say([output.styles.dim("  called off")]);
      else void this.#show(call, this.#tools);
    } finally {
      this.#isChoosing = false;
    }
  }

  /** While a question is on the screen, nothing else is shown and no key is ours. */
  async #ask(asking: DevTools, tools: readonly Foreign[]): Promise<ToolCall | undefined> {
    const { output } = this.#options;
    const giveBack = this.#keyboard.lend();
    output.hold();
    try {
      return await asking.ask(tools);
    } finally {
      output.release();
      giveBack();
    }
  }

  async #show(call: ToolCall, tools: DevTools): Promise<void> {
    const { output } = this.#options;
    try {
      output.say(await tools.call(call, output.view));
    } catch (error) {
      this.#failed(error);
    }
  }

  async #inspect(): Promise<void> {
    const { output } = this.#options;
    if (this.#http === undefined) return;
    const { DevInspector } = await import("./dev-inspector.ts");
    this.#inspector ??= new DevInspector((lines) => output.say(lines), output.styles);
    await this.#inspector.toggle(this.#http.url);
  }

  #failed(error: unknown): void {
    const { output } = this.#options;
    // What was cut off by the end is no news.
    if (this.#isClosed) return;
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof CliError ? error.hint : undefined;
    output.say([output.styles.red(`  ✗ ${message}`), ...(hint === undefined ? [] : [`    ${hint}`])]);
  }
}

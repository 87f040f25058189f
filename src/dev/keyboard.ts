/** The keys of a terminal, one by one. Whenever somebody else has the terminal, it is as it was before. */
import { isInForeground } from "../platform/foreground.ts";

export type KeyboardInput = Pick<
  NodeJS.ReadStream,
  "setRawMode" | "on" | "off" | "resume" | "pause" | "unref" | "ref"
>;

export type KeyboardOutput = { readonly write: (text: string) => unknown };

const cursorShown = "\u001B[?25h";
const ctrlZ = "\u001A";
/** More at once is pasted, or a key that sends a sequence. */
const longestTyped = 3;

export class Keyboard {
  readonly #input: KeyboardInput;
  readonly #output: KeyboardOutput;
  readonly #onKey: (key: string) => void;
  #state: "closed" | "listening" | "lent" = "closed";

  constructor(input: KeyboardInput, output: KeyboardOutput, onKey: (key: string) => void) {
    this.#input = input;
    this.#output = output;
    this.#onKey = onKey;
  }

  start(): void {
    if (this.#state !== "closed") return;
    process.on("SIGCONT", this.#onContinued);
    // Whatever ends this process, the shell finds its terminal as it left it.
    process.on("exit", this.#restore);
    this.#state = "listening";
    this.#take();
  }

  /** Somebody else reads the terminal until the returned function is called. */
  lend(): () => void {
    if (this.#state !== "listening") return () => undefined;
    this.#release();
    this.#state = "lent";
    return () => {
      if (this.#state !== "lent") return;
      this.#state = "listening";
      this.#take();
    };
  }

  close(): void {
    if (this.#state === "closed") return;
    if (this.#state === "listening") this.#release();
    this.#state = "closed";
    process.off("SIGCONT", this.#onContinued);
    process.off("exit", this.#restore);
  }

  #take(): void {
    if (!isInForeground()) return;
    this.#input.on("data", this.#onData);
    this.#input.ref();
    this.#input.resume();
    // Node leaves out what it believes to be so already; a shell may have changed it meanwhile.
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
  }

  readonly #release = (): void => {
    if (this.#state !== "listening") return;
    this.#input.off("data", this.#onData);
    this.#input.pause();
    this.#input.unref();
    if (isInForeground()) this.#input.setRawMode(false);
  };

  /** A question that somebody else has asked leaves the keys raw and the cursor hidden when the process ends under it. */
  readonly #restore = (): void => {
    if (this.#state !== "lent") this.#release();
    else if (isInForeground()) {
      this.#input.setRawMode(false);
      this.#output.write(cursorShown);
    }
  };

  readonly #onData = (chunk: Buffer | string): void => {
    const text = chunk.toString();
    if (text.length > longestTyped || text.startsWith("\u001B")) return;
    for (const key of text) {
      if (key === ctrlZ) this.#suspend();
      else this.#onKey(key.toLowerCase());
    }
  };

  /** The shell takes over, with a terminal as it knows it, and wakes the whole job when it is wanted again. */
  #suspend(): void {
    this.#release();
    process.kill(0, "SIGTSTP");
  }

  readonly #onContinued = (): void => {
    if (this.#state === "listening") {
      this.#input.off("data", this.#onData);
      this.#take();
    } else if (this.#state === "lent" && isInForeground()) {
      // Node's readline stops reading when it is continued, and leaves it to its owner to go on.
      setImmediate(() => {
        if (this.#state === "lent") this.#input.resume();
      });
    }
  };
}

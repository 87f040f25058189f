/** Whether the entry file is still there, and what to do if it is not: no child can start without it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { ErrorReport } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";

export class EntryFile {
  readonly #file: string;
  readonly #cwd: string;
  readonly #recorder: Recorder;
  #isTold = false;
  /** What it held when it was last there. */
  #text: string | undefined;

  constructor(file: string, cwd: string, recorder: Recorder) {
    this.#file = file;
    this.#recorder = recorder;
    this.#cwd = cwd;
    this.#text = textOf(file);
  }

  /** Says once that it is gone, until it is there again. */
  isGone(serving: number): boolean {
    const gone = this.whyGone(serving);
    if (gone !== undefined && !this.#isTold)
      this.#recorder({ kind: "error", body: { message: gone.message } });
    this.#isTold = gone !== undefined;
    return this.#isTold;
  }

  /**
   * Why no child can start, if it is gone; undefined if it is there.
   * @param serving the generation that goes on serving, if there is one.
   */
  whyGone(serving: number | undefined): ErrorReport | undefined {
    const text = textOf(this.#file);
    if (text !== undefined) {
      this.#text = text;
      return undefined;
    }
    const now = this.#renamed();
    const other = now === undefined ? "<the new entry>" : relative(this.#cwd, now);
    const meanwhile = serving === undefined ? "" : `, and generation ${serving} goes on serving`;
    const gone = `${relative(this.#cwd, this.#file)} is gone${meanwhile}`;
    return { name: "Error", message: `${gone}: bring it back, or stop this and run mcp dev ${other}` };
  }

  /** The file beside it that holds what it held. */
  #renamed(): string | undefined {
    if (this.#text === undefined || this.#text === "") return undefined;
    const folder = dirname(this.#file);
    return namesIn(folder)
      .map((name) => join(folder, name))
      .find((file) => textOf(file) === this.#text);
  }
}

/** Undefined if there is no such file, or it cannot be read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

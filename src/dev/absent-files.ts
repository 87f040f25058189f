/** Files that are not there at the moment, and are noticed when they are back: a watch of a file ends with the file. */
import { existsSync } from "node:fs";

const lookEveryMs = 250;

export class AbsentFiles {
  readonly #onReturn: (file: string) => void;
  readonly #files = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onReturn: (file: string) => void) {
    this.#onReturn = onReturn;
  }

  /** @param file an absolute path. */
  add(file: string): void {
    this.#files.add(file);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  close(): void {
    this.#files.clear();
    this.#rest();
  }

  #look(): void {
    for (const file of this.#files) {
      if (!existsSync(file)) continue;
      this.#files.delete(file);
      this.#onReturn(file);
    }
    if (this.#files.size === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

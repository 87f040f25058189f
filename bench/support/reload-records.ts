/** Counts what `mcp dev --json` tells of its reloads. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";

export class ReloadRecords {
  /** How often a child has come to serve, the first one included. */
  serving = 0;
  failed = 0;
  readonly #events = new EventEmitter();

  constructor(stdout: Readable | null) {
    if (stdout === null) throw new Error("the records are read from standard output");
    createInterface({ input: stdout }).on("line", (line) => {
      // Most lines are of calls, and are not parsed.
      if (!line.includes(`"kind":"reload"`)) return;
      const { event } = JSON.parse(line) as { event: string };
      if (event === "serving") this.serving += 1;
      if (event === "failed") this.failed += 1;
      this.#events.emit("reload");
    });
  }

  async until(serving: number): Promise<void> {
    while (this.serving < serving) await once(this.#events, "reload");
  }
}

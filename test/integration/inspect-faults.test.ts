/** `mcp inspect` while everything happens to a log that can: each viewer has each record once, in order. */
import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SessionLog } from "../../src/log/writer.ts";
import { InspectBench } from "./inspect-bench.ts";

const steps = ["say", "burst", "restart", "second server", "truncate", "delete", "delete folder"] as const;
type Step = (typeof steps)[number];

const viewers = 2;
/** Small enough to go through several files in a burst. */
const limits = { fileBytes: 2000, files: 1000 };

class Stage {
  readonly #bench: InspectBench;
  readonly #viewers;
  #logs: SessionLog[] = [];
  #started = 0;
  #said: string[] = [];

  constructor(bench: InspectBench) {
    this.#bench = bench;
    this.#viewers = Array.from({ length: viewers }, () => bench.start(["-n", "all"]));
  }

  async do(step: Step): Promise<void> {
    const log = this.#logs.at(-1) ?? this.#start();
    // What is gone before anybody could read it is nobody's fault.
    if (step === "truncate" || step.startsWith("delete")) {
      this.#say(1);
      await this.seen();
    }
    switch (step) {
      case "say": {
        this.#say(1);
        return;
      }
      case "burst": {
        this.#say(60);
        return;
      }
      case "restart":
        await this.#end();
        return;
      case "second server":
        this.#start();
        return;
      case "truncate":
        return truncate(log.file).catch(() => undefined);
      case "delete":
        return rm(log.file, { force: true });
      case "delete folder":
        await this.#end();
        return rm(join(this.#bench.project, ".mcp"), { recursive: true, force: true });
    }
  }

  /** All that was said has reached all viewers, in the order of each server. */
  async seen(): Promise<void> {
    const said = this.#said;
    this.#said = [];
    for (const viewer of this.#viewers) {
      const bodies = (await viewer.bodies(said.length)).map(String);
      for (const of of new Set(said.map(serverOf)))
        expect(bodies.filter((body) => serverOf(body) === of)).toEqual(
          said.filter((body) => serverOf(body) === of),
        );
    }
  }

  #start(): SessionLog {
    this.#started += 1;
    const log = this.#bench.log({ limits, startedAt: new Date(Date.now() + this.#started) });
    this.#logs.push(log);
    return log;
  }

  async #end(): Promise<void> {
    for (const log of this.#logs) await log.close();
    this.#logs = [];
  }

  #say(count: number): void {
    for (let n = 0; n < count; n++) {
      for (const [index, log] of this.#logs.entries()) {
        const body = `${this.#started}.${index} ${this.#said.length} ${"x".repeat(n % 50)}`;
        log.record({ kind: "output", stream: "stderr", body });
        this.#said.push(body);
      }
    }
  }
}

function serverOf(body: string): string {
  return body.split(" ", 1)[0] ?? "";
}

test("rotation, truncation, deletion, restarts, several servers, in any order", async () => {
  const play = async (played: readonly Step[]): Promise<void> => {
    const bench = await InspectBench.create();
    try {
      const stage = new Stage(bench);
      for (const step of played) await stage.do(step);
      await stage.do("say");
      await stage.seen();
    } finally {
      await bench.close();
    }
  };
  const some = fc.array(fc.constantFrom(...steps), { minLength: 5, maxLength: 15 });
  await fc.assert(fc.asyncProperty(some, play), { numRuns: Number(process.env["FAULT_RUNS"] ?? 4) });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogFile } from "../../../src/log/log-file.ts";
import { WriteQueue, type Gap } from "../../../src/log/write-queue.ts";

type Step = "all" | "part" | "ENOSPC" | "part, then ENOSPC";

/** A disk that does with each write what the script says, and after that writes everything. */
class ScriptedFile extends LogFile {
  text = "";
  closed = false;
  readonly script: Step[];

  constructor(script: Step[]) {
    super("/dev/null", () => undefined);
    this.script = script;
  }

  override write(
    bytes: Buffer,
    done: (error: NodeJS.ErrnoException | undefined, writtenBytes: number) => void,
  ) {
    const step = this.script.shift() ?? "all";
    const writtenBytes = step === "all" ? bytes.length : step === "ENOSPC" ? 0 : Math.ceil(bytes.length / 2);
    if (step === "part, then ENOSPC") this.script.unshift("ENOSPC");
    this.text += bytes.toString("utf8", 0, writtenBytes);
    const failure = step === "ENOSPC" ? Object.assign(new Error("full"), { code: "ENOSPC" }) : undefined;
    setImmediate(() => done(failure, writtenBytes));
  }

  override close(done: () => void) {
    this.closed = true;
    super.close(done);
  }
}

const gapLine = ({ count, seq, reason }: Gap) => `gap of ${count} to ${seq}: ${reason}\n`;
const queueFor = (file: LogFile, maxQueuedBytes = 1_000_000) =>
  new WriteQueue({ file, maxQueuedBytes, gapLine, retryMs: 0 });
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function quiet(file: ScriptedFile): Promise<void> {
  await expect.poll(() => file.script.length).toBe(0);
}

describe("WriteQueue", () => {
  it("writes whole lines in order and accounts for each, whatever the disk does", async () => {
    const step = fc.constantFrom<Step>("all", "part", "ENOSPC", "part, then ENOSPC");
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 })), { maxLength: 8 }),
        async (script, bursts) => {
          const file = new ScriptedFile(script);
          const queue = queueFor(file, 60);
          let seq = 0;
          for (const [count, turns] of bursts) {
            for (let n = 0; n < count; n++) queue.push(`line ${(seq += 1)}\n`, seq);
            for (let n = 0; n < turns; n++) await turn();
          }
          if (seq === 0) file.script.length = 0;
          file.script.splice(0, file.script.length, ...file.script.filter((one) => one === "part"));
          await expect
            .poll(() => file.text.endsWith(`${seq}\n`) || / to \d+: .*\n$/.test(file.text) || seq === 0)
            .toBe(true);
          await queue.close();
          let next = 1;
          for (const line of file.text.split("\n").slice(0, -1)) {
            const [, count, last] = /^gap of (\d+) to (\d+): /.exec(line) ?? [];
            if (count === undefined) expect(line).toBe(`line ${next}`);
            else expect(Number(last)).toBe(next + Number(count) - 1);
            next += Number(count ?? 1);
          }
          expect(next).toBe(seq + 1);
          expect(file.closed).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says why lines are missing: a full disk, or a slow one", async () => {
    const full = new ScriptedFile(Array<Step>(200).fill("ENOSPC"));
    const queue = queueFor(full, 10);
    queue.push("line 1\n", 1);
    await expect.poll(() => full.script.length, { interval: 1 }).toBeLessThan(199);
    queue.push("line 2\n", 2);
    await quiet(full);
    await queue.close();
    expect(full.text).toBe("line 1\ngap of 1 to 2: the log could not be written: ENOSPC\n");

    const slow = new ScriptedFile([]);
    const other = queueFor(slow, 10);
    for (const seq of [1, 2, 3]) other.push(`line ${seq}\n`, seq);
    await other.close();
    expect(other.unwritten).toBeUndefined();
    expect(slow.text).toBe("line 1\ngap of 2 to 3: the disk was too slow\n");
  });

  it("says once that the disk refuses, and once that all is written again and what is lost", async () => {
    const file = new ScriptedFile(["all", "ENOSPC", "ENOSPC", "part, then ENOSPC", "ENOSPC"]);
    const said: string[] = [];
    const disk = {
      refused: (reason: string) => {
        said.push(`refused: ${reason}`);
        queue.push("line 3\n", 3);
      },
      recovered: (lost: number) => void said.push(`recovered, ${lost} lost`),
    };
    const queue = new WriteQueue({ file, maxQueuedBytes: 10, gapLine, retryMs: 0, disk });
    queue.push("line 1\n", 1);
    await expect.poll(() => file.text).toBe("line 1\n");
    queue.push("line 2\n", 2);
    await expect.poll(() => said).toEqual(["refused: ENOSPC", "recovered, 1 lost"]);
    expect(file.text).toMatch(/^line 1\nline 2\ngap of 1 to 3: .*ENOSPC\n$/);
    await queue.close();
  });

  it("ends on a disk that refuses to the end", async () => {
    const file = new ScriptedFile(Array<Step>(100).fill("ENOSPC"));
    const queue = queueFor(file);
    for (const seq of [1, 2, 3]) queue.push(`line ${seq}\n`, seq);
    expect(await queue.close()).toBe("closed");
    expect(queue.unwritten).toEqual({ count: 3, reason: "ENOSPC" });
    expect(file.closed).toBe(true);
    expect(file.text).toBe("");
    expect(queue.push("late\n", 4)).toBe(false);
  });

  it("neither waits for a disk that does not answer, nor asks it anything, nor keeps more than there is room for", async () => {
    const file = new (class extends ScriptedFile {
      questions = 0;
      override write() {
        this.writes += 1;
      }
      override isRemoved() {
        this.questions += 1;
      }
      writes = 0;
    })([]);
    const queue = new WriteQueue({ file, maxQueuedBytes: 100, gapLine, patienceMs: 20 });
    queue.push("line 1\n", 1);
    await expect.poll(() => file.writes, { interval: 1 }).toBe(1);
    const taken = Array.from({ length: 100 }, (_, index) => queue.push(`line ${index + 2}\n`, index + 2));
    expect(taken.filter(Boolean)).toHaveLength(12);
    queue.isFileRemoved(() => undefined);
    expect(await queue.close()).toBe("hanging");
    expect([file.writes, file.questions]).toEqual([1, 0]);
  });
});

/** Calls that wait for their answers, as lines that do not stay. */
import { Writable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventLines } from "../../../src/terminal/event-lines.ts";
import { canBeLive, LiveRegion } from "../../../src/terminal/live-region.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";
import type { LogRecord } from "../../../src/log/record.ts";
import { exchange, noon, text, type Fields } from "./screen.ts";

beforeEach(() => void vi.useFakeTimers({ now: noon }));
afterEach(() => void vi.useRealTimers());

/** What a person sees who has watched all that was written. */
function terminal() {
  let rows: string[] = [];
  /** Where the cursor is, at the start of a row. */
  let cursor = 0;
  const scrolledOff: string[] = [];
  /** As most terminals do it when their window becomes narrower. */
  const fold = (columns: number): void => {
    const parts = new RegExp(`.{1,${columns}}`, "g");
    rows = rows.flatMap((row) => row.match(parts) ?? [""]);
    cursor = rows.length;
    terminalStream.columns = columns;
  };
  const write = (chunk: Buffer): void => {
    // eslint-disable-next-line no-control-regex -- control sequences are what it is about
    const parts = /\u001B\[(?<count>\d*)(?<action>[AJK])|(?<line>[^\n\u001B]*)\n/g;
    for (const { groups = {} } of chunk.toString().matchAll(parts)) {
      const { count, action, line = "" } = groups;
      if (action === "A") cursor = Math.max(0, cursor - (count === "" ? 1 : Number(count)));
      else if (action === "K") rows[cursor] = "";
      else if (action === "J") {
        // As tmux does it, for that is how a screen is cleared.
        const erased = rows.splice(cursor);
        if (cursor === 0) scrolledOff.push(...erased);
      } else rows[cursor++] = line;
    }
    if (rows.slice(cursor).every((row) => row === "")) rows.length = cursor;
  };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk);
      done();
    },
  });
  const terminalStream = Object.assign(stream, { isTTY: true, rows: 24, columns: 80 });
  return { stream: terminalStream, rows: () => rows, scrolledOff, fold };
}

function live() {
  const { stream, rows, scrolledOff, fold } = terminal();
  const lines = new EventLines({
    styles: stylesFor({ isTTY: false }, {}),
    width: () => stream.columns,
    verbosity: "normal",
    now: () => noon.getTime(),
  });
  const region = new LiveRegion({ stream, lines: (...now) => lines.live(...now) });
  const show = (record: Fields): void => {
    const stamped: unknown = { v: 1, seq: 1, time: new Date().toISOString(), ...record };
    region.write(
      lines
        .render(stamped as LogRecord)
        .map((line) => `${line}\n`)
        .join(""),
    );
  };
  region.start();
  return { region, rows, scrolledOff, show, lines, fold };
}

test("a call is shown while it waits, below what comes meanwhile, and once when it is answered", () => {
  const { rows, show, region } = live();
  const [slow, answer] = exchange({ id: "1", params: { name: "slow" }, result: text("done"), ms: 2000 });
  const [quick, quickAnswer] = exchange({ id: "2", params: { name: "quick" }, result: text("4") });
  show(slow);
  vi.advanceTimersByTime(200);
  expect(rows()).toEqual([]);
  vi.advanceTimersByTime(1300);
  expect(rows()).toEqual([expect.stringMatching(/s1 {2}[⠀-⣿] tools\/call slow +1\.5 s$/)]);
  show(quick);
  show(quickAnswer);
  expect(rows()).toEqual([
    expect.stringContaining("→ tools/call quick"),
    expect.stringContaining("call slow"),
  ]);
  show(answer);
  expect(rows()).toEqual([
    expect.stringContaining("→ tools/call quick"),
    expect.stringMatching(/→ tools\/call slow .* 2\.0 s {2}done$/),
  ]);
  region.stop();
});

test("nothing of it stays when the window becomes narrower", () => {
  const { rows, show, region, fold } = live();
  const [slow, answer] = exchange({
    params: { name: "slow", arguments: { text: "x".repeat(99) } },
    ms: 2000,
  });
  show(slow);
  vi.advanceTimersByTime(1000);
  expect(rows()).toHaveLength(1);
  fold(30);
  expect(rows()).toHaveLength(3);
  vi.advanceTimersByTime(200);
  expect(rows()).toHaveLength(1);
  show(answer);
  expect(rows()).toEqual([expect.stringContaining("→ slow")]);
  region.stop();
});

test("what was drawn on the first row of the screen does not scroll off into what a person scrolls back to", () => {
  const { rows, scrolledOff, show, region } = live();
  show(exchange({ params: { name: "slow" } })[0]);
  vi.advanceTimersByTime(1000);
  expect(rows()).toEqual([expect.stringContaining("tools/call slow")]);
  expect(scrolledOff).toEqual([]);
  region.stop();
  expect(rows()).toEqual([]);
});

test("what is written in parts takes no more rows than it is shown in", () => {
  const { rows, show, region } = live();
  const [before, beforeAnswer] = exchange({ id: "1", params: { name: "before" }, result: text("4") });
  show(before);
  show(beforeAnswer);
  show(exchange({ id: "2", params: { name: "한글".normalize("NFD").repeat(12) } })[0]);
  vi.advanceTimersByTime(1000);
  expect(rows()).toEqual([expect.stringContaining("before"), expect.stringContaining("tools/call")]);
  region.stop();
});

test("of many that wait the newest are shown, and nothing of them stays at the end", () => {
  const { rows, show, region } = live();
  for (let id = 1; id <= 30; id += 1) show(exchange({ id: String(id), params: { name: `t${id}` } })[0]);
  vi.advanceTimersByTime(1000);
  expect(rows()).toHaveLength(6);
  expect(rows().at(-1)).toContain("t30");
  region.stop();
  expect(rows()).toEqual([]);
});

test("what a server that is gone was asked has no answer", () => {
  const { lines, show, region } = live();
  show(exchange({ params: { name: "slow" } })[0]);
  expect(lines.lost()).toEqual([expect.stringMatching(/✗ no answer$/)]);
  expect(lines.lost()).toEqual([]);
  region.stop();
});

test("not where the cursor cannot be moved", () => {
  const { stream } = terminal();
  expect([canBeLive(stream, {}), canBeLive(stream, { TERM: "dumb" })]).toEqual([true, false]);
  expect(canBeLive({ isTTY: false }, {})).toBe(false);
});

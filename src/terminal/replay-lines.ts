/** A request that was sent again: whether its answer is the same, and what of it is not. */
import { cellsOf, fit, withoutStart } from "./display-width.ts";
import { textField } from "./foreign.ts";
import { dayText, localTime } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

type View = {
  readonly method: string;
  readonly params: unknown;
  readonly skipped?: string;
  readonly differences: readonly {
    readonly path: string;
    readonly recorded?: unknown;
    readonly now?: unknown;
  }[];
};

const mostShown = 20;
/** How far in a value is shown. */
const indented = "      - ".length;

type Source = { readonly session: string; readonly log: string; readonly recordedAt: string };

export function sourceLine({ session, log, recordedAt }: Source, { dim }: Styles): string {
  const time = localTime(recordedAt);
  const when = time === undefined ? "" : `, recorded ${dayText(time.day)} ${time.text.slice(0, 8)}`;
  return dim(plainText(`session ${session} of ${log}${when}`));
}

export function replayedLines(view: View, styles: Styles, width: number): string[] {
  const { method, params, skipped, differences } = view;
  const of = textField(params, "name") ?? textField(params, "uri");
  const args = JSON.stringify(argumentsOf(params));
  const what = plainText([method, of, args === "{}" ? undefined : args].filter(Boolean).join(" "));
  const head = fit(what, width - 2);
  if (skipped !== undefined) return [`${styles.yellow("–")} ${head}`, styles.dim(`    left out: ${skipped}`)];
  if (differences.length === 0) return [`${styles.green("✔")} ${head}`];
  const room = width - indented;
  const removed = (text: string): string => styles.red(`      - ${fit(text, room)}`);
  const added = (text: string): string => styles.green(`      + ${fit(text, room)}`);
  const shown = differences.slice(0, mostShown).flatMap((one) => {
    const [recorded, now] = excerpts(textOf(one.recorded), textOf(one.now), room);
    return [
      fit(`    ${plainText(one.path)}`, width),
      ...("recorded" in one ? [removed(recorded)] : []),
      ...("now" in one ? [added(now)] : []),
    ];
  });
  const more = differences.length - mostShown;
  return [`${styles.red("✗")} ${head}`, ...shown, ...(more > 0 ? [styles.dim(`    and ${more} more`)] : [])];
}

export function replaySummary(total: number, compared: number, different: number, styles: Styles): string {
  const leftOut = total === compared ? "" : `, ${total - compared} left out`;
  const count = `${compared} ${compared === 1 ? "answer" : "answers"} compared`;
  if (different === 0) return `${styles.green("same")}: ${count}${leftOut}`;
  return `${styles.red("different")}: ${different} of ${count}${leftOut}`;
}

function argumentsOf(params: unknown): unknown {
  return typeof params === "object" && params !== null && "arguments" in params ? params.arguments : {};
}

function textOf(value: unknown): string {
  return value === undefined ? "" : plainText(JSON.stringify(value));
}

/** Of two texts that do not fit, what is the same at their start and end is mostly left out: what differs is seen. */
function excerpts(one: string, other: string, room: number): readonly [string, string] {
  if (cellsOf(one) <= room && cellsOf(other) <= room) return [one, other];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return [excerpt(one, start, end, room), excerpt(other, start, end, room)];
}

function excerpt(text: string, start: number, end: number, room: number): string {
  const context = Math.floor(room / 3);
  const before = cellsOf(text.slice(0, start)) - context;
  const after = cellsOf(text.slice(text.length - end)) - context;
  const rest = before > 1 ? `…${withoutStart(text, before)}` : text;
  const part = after > 1 ? fit(rest, cellsOf(rest) - after + 1) : rest;
  const cells = cellsOf(part);
  if (cells <= room) return part;
  const tail = Math.floor(room / 2);
  return `${fit(part, room - tail)}${withoutStart(part, cells - tail)}`;
}

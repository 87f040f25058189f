/** The local time of day and the local date of a record, by arithmetic: a Date for each record would cost more than the line. */

const quarterMs = 15 * 60_000;
const dayMs = 24 * 3_600_000;
const startLength = "2026-02-03T04:05:06".length;
const writtenLength = "2026-02-03T04:05:06.789Z".length;

/** No offset from UTC changes inside a quarter of an hour. */
let quarter = Number.NaN;
let offsetMs = 0;
/** What the times of one second share. Where speed matters, many records in a row do. */
type Second = {
  /** As it is written in UTC. */
  readonly start: string;
  readonly utcMs: number;
  readonly day: number;
  readonly text: string;
};

let lastSecond: Second | undefined;

export type LocalTime = {
  /** Milliseconds since the epoch. */
  readonly utcMs: number;
  /** Days since the epoch, local. */
  readonly day: number;
  /** HH:MM:SS.mmm */
  readonly text: string;
};

/** `undefined` for what is no time. */
export function localTime(iso: string | undefined): LocalTime | undefined {
  if (iso === undefined) return undefined;
  const ms = millisecondsOf(iso);
  if (ms !== undefined && lastSecond !== undefined && iso.startsWith(lastSecond.start))
    return timeIn(lastSecond, ms);
  const utcMs = Date.parse(iso);
  if (!Number.isFinite(utcMs)) return undefined;
  const second = secondOf(utcMs, iso.slice(0, startLength));
  if (ms !== undefined) lastSecond = second;
  return timeIn(second, utcMs - second.utcMs);
}

/** `undefined` if it is not written as all records are: `2026-02-03T04:05:06.789Z`. */
function millisecondsOf(iso: string): number | undefined {
  if (iso.length !== writtenLength || iso[startLength] !== "." || iso[writtenLength - 1] !== "Z")
    return undefined;
  let ms = 0;
  for (let at = startLength + 1; at < writtenLength - 1; at++) {
    const digit = iso.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    ms = ms * 10 + digit;
  }
  return ms;
}

function timeIn({ utcMs, day, text }: Second, ms: number): LocalTime {
  return { utcMs: utcMs + ms, day, text: `${text}.${ms < 100 ? `0${two(ms)}` : ms}` };
}

function secondOf(utcMs: number, start: string): Second {
  const beganMs = Math.floor(utcMs / 1000) * 1000;
  const localMs = toLocalMs(beganMs);
  const day = Math.floor(localMs / dayMs);
  const ofDay = (localMs - day * dayMs) / 1000;
  const text = `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`;
  return { start, utcMs: beganMs, day, text };
}

export function localDay(utcMs: number): number {
  return Math.floor(toLocalMs(utcMs) / dayMs);
}

/** 2026-02-03 */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

function toLocalMs(utcMs: number): number {
  const nowQuarter = Math.floor(utcMs / quarterMs);
  if (nowQuarter !== quarter) {
    quarter = nowQuarter;
    offsetMs = -new Date(utcMs).getTimezoneOffset() * 60_000;
  }
  return utcMs + offsetMs;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

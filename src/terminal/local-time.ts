/** The local time of day and the local date of a record, by arithmetic: a Date for each record would cost more than the line. */

const quarterMs = 15 * 60_000;
const dayMs = 24 * 3_600_000;

/** No offset from UTC changes inside a quarter of an hour. */
let quarter = Number.NaN;
let offsetMs = 0;
let second = Number.NaN;
let secondText = "";

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
  const utcMs = iso === undefined ? Number.NaN : Date.parse(iso);
  if (!Number.isFinite(utcMs)) return undefined;
  const localMs = toLocalMs(utcMs);
  const nowSecond = Math.floor(localMs / 1000);
  if (nowSecond !== second) {
    second = nowSecond;
    const ofDay = nowSecond - Math.floor(nowSecond / 86_400) * 86_400;
    secondText = `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`;
  }
  const ms = localMs - nowSecond * 1000;
  return { utcMs, day: Math.floor(localMs / dayMs), text: `${secondText}.${ms < 100 ? `0${two(ms)}` : ms}` };
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

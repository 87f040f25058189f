/** Reads a moment as people write it: `10m` (ago), `2h`, `14:05`, ISO 8601. */

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * A clock time is today's, or yesterday's if that is still to come.
 * @returns milliseconds since the epoch, or `undefined` if it cannot be read.
 */
export function parseMoment(text: string, nowMs: number): number | undefined {
  return agoMs(text, nowMs) ?? clockMs(text, nowMs, (today) => (today > nowMs ? -1 : 0)) ?? isoMs(text);
}

/**
 * The same for an end. A clock time is today's; behind a beginning that names its day or its time, the first one from there on.
 * @param since as it was given, if it was.
 */
export function parseEnd(text: string, nowMs: number, since?: string): number | undefined {
  const sinceMs = since === undefined ? undefined : parseMoment(since, nowMs);
  const isDaysAgo = since !== undefined && nowMs - (agoMs(since, nowMs) ?? nowMs) >= unitMs.d;
  const fromMs = isDaysAgo ? undefined : sinceMs;
  const daysOff = (ms: number): number => (fromMs !== undefined && ms < fromMs ? 1 : 0);
  return agoMs(text, nowMs) ?? clockMs(text, fromMs ?? nowMs, daysOff) ?? isoMs(text);
}

function agoMs(text: string, nowMs: number): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[smhdw])+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    if (unit === "s" || unit === "m" || unit === "h" || unit === "d" || unit === "w")
      ms += Number(amount) * unitMs[unit];
  }
  return representable(nowMs - ms);
}

/** @param daysOff how many days after the day of `dayMs`, when it is `ms` on that one. */
function clockMs(text: string, dayMs: number, daysOff: (ms: number) => number): number | undefined {
  const [, hours, minutes, seconds = "0"] = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60)
    return undefined;
  const moment = new Date(dayMs);
  moment.setHours(Number(hours), Number(minutes), 0, Math.round(Number(seconds) * 1000));
  moment.setDate(moment.getDate() + daysOff(moment.getTime()));
  return representable(moment.getTime());
}

function isoMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text))
    return undefined;
  // A date alone is midnight here, not in Greenwich.
  return representable(Date.parse(text.length === 10 ? `${text}T00:00` : text));
}

/** Dates end some 270 000 years from here. */
function representable(ms: number): number | undefined {
  return Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

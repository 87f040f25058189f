/** Compares an answer with the one that was recorded: by structure, without what is different every time. */
import { redactedMark } from "../log/secret-text.ts";
import { isObject } from "../terminal/foreign.ts";

export type Difference = {
  /** `result.content[0].text` */
  readonly path: string;
  /** Undefined: it was not there; it is not there any more. */
  readonly recorded?: unknown;
  readonly now?: unknown;
};

/** Keys whose values tell when, how long, or which process. */
const volatileKey =
  /^(?:_meta|nextCursor|timestamp|time|date|now|(?:created|updated|modified|expires|started|finished|generated)_?(?:at|on)?|duration(?:_?ms)?|elapsed(?:_?ms)?|took(?:_?ms)?|uptime|pid|session_?id|request_?id|trace_?id|span_?id|etag|nonce)$/i;

const isoTime = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g;
const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi;
const epoch = /(?<![\d.])1[4-9]\d{8}(?:\d{3})?(?![\d.])/g;
/** Seconds: a number is a time where it is one of these days now, and was none that is to come. */
const aroundNow = 366 * 24 * 3600;
/** Of what is listed by name, a difference of order is none. */
const listing = /^result\.(?:tools|prompts|resources|resourceTemplates)$/;
const schemaProperties = /(?:^|\.)properties$/;

/** @param ignored paths; `*` stands for one name or index. */
export function differences(recorded: unknown, now: unknown, ignored: readonly string[] = []): Difference[] {
  const patterns = ignored.map(patternOf);
  const found: Difference[] = [];
  compare(recorded, now, "");
  return found;

  function compare(before: unknown, after: unknown, path: string): void {
    if (patterns.some((pattern) => pattern.test(path))) return;
    if (Array.isArray(before) && Array.isArray(after)) lists(before, after, path);
    else if (isObject(before) && isObject(after)) objects(before, after, path);
    else if (typeof before === "string" && typeof after === "string") texts(before, after, path);
    else if (!isSameScalar(before, after)) note(path, before, after);
  }

  function objects(before: object, after: object, path: string): void {
    // A schema tells of a property that is called `date`, and of none that is.
    const isSchema = schemaProperties.test(path);
    const [old, fresh] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
    for (const key of new Set([...old.keys(), ...fresh.keys()])) {
      const place = path === "" ? key : `${path}.${key}`;
      // Optional bookkeeping may come and go; what it says may change, and what kind of thing it is may not.
      if (
        !isSchema &&
        volatileKey.test(key) &&
        (!old.has(key) || !fresh.has(key) || typeof old.get(key) === typeof fresh.get(key))
      )
        continue;
      compare(old.get(key), fresh.get(key), place);
    }
  }

  /** Things with names are found by them, so that one that was added does not shift the others. */
  function lists(before: readonly unknown[], after: readonly unknown[], path: string): void {
    const [old, fresh] = [byName(before), byName(after)];
    if (old !== undefined && fresh !== undefined) {
      for (const name of new Set([...old.keys(), ...fresh.keys()]))
        compare(old.get(name), fresh.get(name), `${path}[${name}]`);
      if (!listing.test(path)) order([...old.keys()], [...fresh.keys()], path);
      return;
    }
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(before[index], after[index], `${path}[${index}]`);
  }

  function order(before: readonly string[], after: readonly string[], path: string): void {
    const [old, fresh] = [
      before.filter((name) => after.includes(name)),
      after.filter((name) => before.includes(name)),
    ];
    if (old.some((name, index) => name !== fresh[index])) note(path, old, fresh);
  }

  function texts(before: string, after: string, path: string): void {
    if (before === after) return;
    const [old, fresh] = [structured(before), structured(after)];
    if (old !== undefined && fresh !== undefined) compare(old, fresh, path);
    else if (!matches(...steady(before, after))) note(path, before, after);
  }

  function note(path: string, before: unknown, after: unknown): void {
    if (patterns.some((pattern) => pattern.test(path))) return;
    found.push({
      path,
      ...(before === undefined ? {} : { recorded: before }),
      ...(after === undefined ? {} : { now: after }),
    });
  }
}

function isSameScalar(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (before === redactedMark) return after !== undefined;
  return typeof before === "number" && typeof after === "number" && areTimes(before, after);
}

/** Seconds or milliseconds since the epoch. */
function areTimes(before: number, after: number): boolean {
  const seconds = (value: number): number => (value > 1e11 ? value / 1000 : value);
  const now = Date.now() / 1000;
  const isPast = before > 1.4e9 && seconds(before) < now + aroundNow;
  return isPast && before > 1e11 === after > 1e11 && Math.abs(seconds(after) - now) < aroundNow;
}

/** Both without what is different every time. */
function steady(before: string, after: string): [before: string, after: string] {
  const [old, fresh] = [withoutIds(before), withoutIds(after)];
  const [oldNumbers, freshNumbers] = [old.match(epoch) ?? [], fresh.match(epoch) ?? []];
  const isTime = (index: number): boolean => areTimes(Number(oldNumbers[index]), Number(freshNumbers[index]));
  const withoutTimes = (text: string): string => {
    let index = 0;
    return text.replace(epoch, (number) => (isTime(index++) ? "<time>" : number));
  };
  return [withoutTimes(old), withoutTimes(fresh)];
}

function withoutIds(text: string): string {
  return text.replace(uuid, "<id>").replace(isoTime, "<time>");
}

/** What was redacted may have been anything: the parts between are there, in their order. */
function matches(before: string, after: string): boolean {
  const [first = "", ...between] = before.split(redactedMark);
  const last = between.pop();
  if (last === undefined) return before === after;
  if (!after.startsWith(first) || !after.endsWith(last)) return false;
  let offset = first.length;
  for (const part of between) {
    const found = after.indexOf(part, offset);
    if (found === -1) return false;
    offset = found + part.length;
  }
  return offset + last.length <= after.length;
}

/** Tools answer with JSON in a text: it is compared as what it is. */
function structured(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function byName(items: readonly unknown[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of items) {
    if (!isObject(item)) return undefined;
    const name = item["name"] ?? item["uri"] ?? item["uriTemplate"];
    if (typeof name !== "string" || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function patternOf(path: string): RegExp {
  const parts = path.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^.[\\]]*")}(?:[.[]|$)`);
}

/** Measures, cuts and wraps text by the cells that it takes on a terminal. */
import fastStringWidth from "fast-string-width";
import { isAscii, isPlain, plainText } from "./plain-text.ts";

/** Made when it is first needed: that takes 20 ms, a third of Node's own start. */
let segmenter: Intl.Segmenter | undefined;
/** What may make one character with its neighbours, or is not seen: it is measured with them. */
const joining = /[\p{M}\p{C}\u0E33\u0EB3\u0D4E\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF\uFF9E\uFF9F]/u;
/** No number of cells: what is beside the code unit matters, or it is not shown as it is. */
const special = 255;
/** The cells of each code unit, plus one: 0 while nobody has asked. */
const knownCells = new Uint8Array(0x10000);

/** @param text made plain before. */
export function cellsOf(text: string): number {
  if (isAscii(text)) return text.length;
  let cells = 0;
  for (let at = 0; at < text.length; at++) {
    const ofUnit = cellsOfUnit(text.charCodeAt(at));
    if (ofUnit === special) return cellsOfLine(text);
    cells += ofUnit;
  }
  return cells;
}

/** Of a line as it is printed: its colours take none, and letters that are written in parts make a whole. */
export function cellsOfLine(line: string): number {
  return fastStringWidth(line.normalize("NFC"));
}

/** `special` if it cannot be said of the unit alone. */
function cellsOfUnit(unit: number): number {
  const known = knownCells[unit] ?? 0;
  if (known > 0) return known === special ? special : known - 1;
  const character = String.fromCharCode(unit);
  const cells = joining.test(character) || !isPlain(character) ? special : cellsOfLine(character);
  knownCells[unit] = cells === special ? special : cells + 1;
  return cells;
}

/** The longest start of so many cells, by whole characters as a person sees them. */
function startOf(plain: string, cells: number): string {
  if (isAscii(plain)) return plain.slice(0, Math.max(0, cells));
  let left = cells;
  for (let at = 0; at < plain.length; at++) {
    const ofUnit = cellsOfUnit(plain.charCodeAt(at));
    if (ofUnit === special) return startOfSegments(plain, cells);
    left -= ofUnit;
    if (left < 0) return plain.slice(0, at);
  }
  return plain;
}

function startOfSegments(plain: string, cells: number): string {
  let left = cells;
  let end = 0;
  for (const { segment } of segmentsOf(plain)) {
    left -= cellsOf(segment);
    if (left < 0) break;
    end += segment.length;
  }
  return plain.slice(0, end);
}

function segmentsOf(plain: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(plain);
}

/** What is behind so many cells; half of a wide character becomes a space. */
export function withoutStart(plain: string, cells: number): string {
  const start = startOf(plain, cells);
  const rest = plain.slice(start.length);
  const missing = cells - cellsOf(start);
  if (missing <= 0 || rest === "") return rest;
  const wide = firstCharacter(rest);
  return " ".repeat(Math.max(0, cellsOf(wide) - missing)) + rest.slice(wide.length);
}

export type Fitted = { readonly text: string; readonly cells: number };

/** Made plain, and cut with `…` to at most so many cells. Looks only at as much of the text as can matter. */
export function fitted(text: string, cells: number): Fitted {
  if (cells <= 0) return { text: "", cells: 0 };
  // Most texts are as they are, and what is beyond the cells need not be looked at.
  const start = text.length > cells ? text.slice(0, cells + 1) : text;
  if (isAscii(start))
    return start.length <= cells ? { text: start, cells: start.length } : ended(start.slice(0, cells - 1));
  const quick = fittedUnits(start, cells);
  if (quick !== undefined && (quick.text !== start || start.length === text.length)) return quick;
  const looked = text.length > cells * 4 + 64 ? text.slice(0, cells * 4 + 64) : text;
  const plain = plainText(looked);
  const taken = cellsOf(plain);
  if (looked.length === text.length && taken <= cells) return { text: plain, cells: taken };
  return cut(plain, cells);
}

/** The same in one walk, if each code unit can be measured alone. */
function fittedUnits(text: string, cells: number): Fitted | undefined {
  let taken = 0;
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const ofUnit = cellsOfUnit(text.charCodeAt(at));
    if (ofUnit === special) return undefined;
    taken += ofUnit;
    if (taken > cells) return ended(text.slice(0, kept));
    if (taken < cells) kept = at + 1;
  }
  return { text, cells: taken };
}

function cut(plain: string, cells: number): Fitted {
  return ended(startOf(plain, cells - 1));
}

function ended(start: string): Fitted {
  const text = start.trimEnd();
  return { text: `${text}…`, cells: cellsOf(text) + 1 };
}

export function fit(text: string, cells: number): string {
  return fitted(text, cells).text;
}

/**
 * Made plain, and broken between words into at most `limit` lines. Only a word wider than a line is broken inside: a path
 * or an address behind a sign that parts it, if there is one late enough in the line.
 */
export function wrap(text: string, cells: number, limit: number): string[] {
  const room = Math.max(1, cells);
  const looked = text.slice(0, (room * 4 + 64) * limit);
  let rest = plainText(looked).trimEnd();
  if (looked.length < text.length) rest += "…";
  const lines: string[] = [];
  while (lines.length < limit - 1) {
    const start = startOf(rest, room);
    if (start.length === rest.length) break;
    const head = start || firstCharacter(rest);
    const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
    const isBreakable = space > 0 && head.slice(0, space).trim() !== "";
    const length = isBreakable ? space : Math.max(1, partOf(head).length);
    lines.push(rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
  }
  lines.push(fit(rest, room));
  return lines;
}

function partOf(head: string): string {
  const sign = Math.max(...["/", "\\", "?", "&", ","].map((one) => head.lastIndexOf(one)));
  return sign * 2 > head.length ? head.slice(0, sign + 1) : head;
}

/** Wider than the line it is on. */
function firstCharacter(plain: string): string {
  for (const { segment } of segmentsOf(plain)) return segment;
  return "";
}

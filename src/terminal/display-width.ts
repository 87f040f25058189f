/** Measures, cuts and wraps text by the cells that it takes on a terminal. */
import stringWidth from "string-width";
import { isAscii, plainText } from "./plain-text.ts";

const segmenter = new Intl.Segmenter();
/** Letters and signs that are one cell wide everywhere, so that most text of Europe needs no segmenter. */
const oneCellEach =
  /^[ -~\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0373\u0391-\u03A1\u03B1-\u03C9\u0410-\u044F\u2010-\u2027\u2190-\u2193\u2500-\u257F]*$/;

/** @param text made plain before. */
export function cellsOf(text: string): number {
  return isAscii(text) || oneCellEach.test(text) ? text.length : stringWidth(text);
}

/** Made plain, and cut with `…` to at most so many cells. Looks only at as much of the text as can matter. */
export function fit(text: string, cells: number): string {
  if (cells <= 0) return "";
  const looked = text.length > cells * 4 + 64 ? text.slice(0, cells * 4 + 64) : text;
  const plain = plainText(looked);
  const isWhole = looked.length === text.length;
  if (isWhole && plain.length <= cells && isAscii(plain)) return plain;
  if (isWhole && cellsOf(plain) <= cells) return plain;
  return `${start(plain, cells - 1)}…`;
}

/** At most so many cells from the start, by whole characters as a person sees them, without spaces at the end. */
function start(plain: string, cells: number): string {
  if (isAscii(plain)) return plain.slice(0, Math.max(0, cells)).trimEnd();
  let taken = "";
  let left = cells;
  for (const { segment } of segmenter.segment(plain)) {
    left -= cellsOf(segment);
    if (left < 0) break;
    taken += segment;
  }
  return taken.trimEnd();
}

/** Made plain, and broken between words into at most `limit` lines; only a word wider than a line is broken inside. */
export function wrap(text: string, cells: number, limit: number): string[] {
  const room = Math.max(1, cells);
  const looked = text.slice(0, (room * 4 + 64) * limit);
  let rest = plainText(looked).trimEnd();
  if (looked.length < text.length) rest += "…";
  const lines: string[] = [];
  while (lines.length < limit - 1 && cellsOf(rest) > room) {
    const head = whole(rest, room);
    const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
    const isBreakable = space > 0 && head.slice(0, space).trim() !== "";
    const length = isBreakable ? space : Math.max(1, head.length);
    lines.push(rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
  }
  lines.push(fit(rest, room));
  return lines;
}

/** The longest start that fits, spaces kept; one whole character even if it does not. */
function whole(plain: string, cells: number): string {
  if (isAscii(plain)) return plain.slice(0, cells);
  let taken = "";
  let left = cells;
  for (const { segment } of segmenter.segment(plain)) {
    left -= cellsOf(segment);
    if (left < 0) return taken === "" ? segment : taken;
    taken += segment;
  }
  return taken;
}

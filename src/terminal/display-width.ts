/** Measures, cuts and wraps text by the cells that it takes on a terminal. */
import stringWidth from "string-width";
import { isAscii, plainText } from "./plain-text.ts";

const segmenter = new Intl.Segmenter();
/** Letters and signs that are one cell wide everywhere, and those of East Asia that are two: most text needs no segmenter. */
const simple =
  /^[ -~\u00A1-\u00A8\u00AA-\u00AC\u00AF-\u02FF\u0391-\u03A1\u03B1-\u03C9\u0410-\u044F\u2010-\u2027\u2190-\u2193\u2500-\u257F\u3041-\u3096\u30A1-\u30FA\u30FC\u4E00-\u9FFF\uAC00-\uD7A3]*$/;
const firstWide = 0x3041;

/** @param text made plain before. */
export function cellsOf(text: string): number {
  if (isAscii(text)) return text.length;
  return simple.test(text) ? cellsOfSimple(text) : stringWidth(text);
}

function cellsOfSimple(text: string): number {
  let cells = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= firstWide) cells++;
  return cells;
}

/** The longest start of so many cells, by whole characters as a person sees them. */
function startOf(plain: string, cells: number): string {
  if (isAscii(plain)) return plain.slice(0, Math.max(0, cells));
  let left = cells;
  let end = 0;
  if (simple.test(plain)) {
    for (; end < plain.length; end++) {
      left -= plain.charCodeAt(end) >= firstWide ? 2 : 1;
      if (left < 0) break;
    }
    return plain.slice(0, end);
  }
  for (const { segment } of segmenter.segment(plain)) {
    left -= cellsOf(segment);
    if (left < 0) break;
    end += segment.length;
  }
  return plain.slice(0, end);
}

/** Made plain, and cut with `…` to at most so many cells. Looks only at as much of the text as can matter. */
export function fit(text: string, cells: number): string {
  if (cells <= 0) return "";
  const looked = text.length > cells * 4 + 64 ? text.slice(0, cells * 4 + 64) : text;
  const plain = plainText(looked);
  const isWhole = looked.length === text.length;
  if (isWhole && plain.length <= cells && isAscii(plain)) return plain;
  if (isWhole && cellsOf(plain) <= cells) return plain;
  return `${startOf(plain, cells - 1).trimEnd()}…`;
}

/** Made plain, and broken between words into at most `limit` lines; only a word wider than a line is broken inside. */
export function wrap(text: string, cells: number, limit: number): string[] {
  const room = Math.max(1, cells);
  const looked = text.slice(0, (room * 4 + 64) * limit);
  let rest = plainText(looked).trimEnd();
  if (looked.length < text.length) rest += "…";
  const lines: string[] = [];
  while (lines.length < limit - 1 && cellsOf(rest) > room) {
    const head = startOf(rest, room) || firstCharacter(rest);
    const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
    const isBreakable = space > 0 && head.slice(0, space).trim() !== "";
    const length = isBreakable ? space : Math.max(1, head.length);
    lines.push(rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
  }
  lines.push(fit(rest, room));
  return lines;
}

/** Wider than the line it is on. */
function firstCharacter(plain: string): string {
  for (const { segment } of segmenter.segment(plain)) return segment;
  return "";
}

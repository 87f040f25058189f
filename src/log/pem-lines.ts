/** A private key that is printed over several lines, each of which comes by itself. */
import { stripVTControlCharacters } from "node:util";

const begin = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const end = /-----END [A-Z ]*PRIVATE KEY-----/;

/** What loggers put before each line: `[api] `, a time, `api-1  | `. */
const prefix = String.raw`(?:\[[^\]]{0,80}\]\s{0,20}|\d[\d:.,TZ+-]{7,40}\s{1,20}|[\w.-]{1,40}\s{0,20}\|\s{0,20})*`;
/** Base64, or a header of an encrypted key (RFC 1421): as it is, or as a literal that Node prints: `'MIIE…\n' +`. */
const content = String.raw`(?:Proc-Type|DEK-Info):[\w ,-]*|[A-Za-z0-9+/]*={0,2}`;
const keyLine = new RegExp(`^${prefix}(?:\\+\\s)?["'\`]?(${content})(?:\\\\+[rn])*["'\`]?\\s?[+,;]?$`);

/** All lines of a key but the last are of one width, mostly 64: words that a server prints are no key. */
const leastWidth = 40;
const notKnown = Number.POSITIVE_INFINITY;

export class PemLines {
  /** Of each source that is inside a key: how wide the lines of the key are, and 0 behind the last. */
  readonly #widths = new Map<string, number>();

  /** @param source whose line it is. @returns the line with the mark for what is part of a key. */
  redact(line: string, source: string, mark: string): string {
    const width = this.#widths.get(source);
    const redacted = width === undefined ? line : this.#inside(line, source, width, mark);
    const start = line.lastIndexOf("-----BEGIN ");
    if (start > line.lastIndexOf("-----END ") && begin.test(line.slice(start)))
      this.#widths.set(source, notKnown);
    return redacted;
  }

  #inside(line: string, source: string, width: number, mark: string): string {
    const ending = end.exec(line);
    const part = keyLine.exec(stripVTControlCharacters(line.slice(0, ending?.index)).trim())?.[1];
    const next = part === undefined ? undefined : widthAfter(part, width);
    if (next === undefined || ending !== null) this.#widths.delete(source);
    else this.#widths.set(source, next);
    if (next === undefined || part === "") return line;
    return `${mark}${ending === null ? "" : line.slice(ending.index)}`;
  }
}

/** @returns undefined if that is no part of the key. */
function widthAfter(part: string, width: number): number | undefined {
  if (part === "" || part.includes(":")) return width;
  if (width === notKnown) return part.length < leastWidth ? undefined : part.length;
  if (part.length > width) return undefined;
  return part.length === width ? width : 0;
}

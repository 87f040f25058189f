/** The one place that makes text of servers and clients harmless: nothing in it can move the cursor, colour or reorder. */

const ascii = /^[ -~]*$/;
/** Up to this length a loop is faster than to begin with a regular expression. */
const shortLength = 16;
/** All but what is replaced below: most texts in other languages are made of these. */
const harmless =
  // eslint-disable-next-line no-misleading-character-class -- ranges of code units, none of them half a character
  /^[ -~\u00A0-\u00AC\u00AE-\u034E\u0350-\u061B\u061D-\u115E\u1161-\u17B3\u17B6-\u180A\u1810-\u200A\u2010-\u2027\u202F-\u205F\u2070-\u3163\u3165-\uD7FF\uE000-\uFDFF\uFE10-\uFEFE\uFF00-\uFF9F\uFFA1-\uFFEF\uFFFC-\uFFFF]*$/;

/** Escape sequences as a terminal reads them: strings such as OSC up to their end, CSI, and the short ones. */
const escapeSequences =
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  /(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C|$)|(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|\u001B[ -/]*[0-~]?/g;
/** Bidirectional controls and other invisible characters, except the two that emoji are joined and chosen with. */
const unseen = /(?!\u200D|\uFE0F)\p{Default_Ignorable_Code_Point}|[\uFFF9-\uFFFB]/gu;
const lineBreaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
const controls = /\p{Cc}/gu;
const loneSurrogates = /\p{Cs}/gu;

/** Whether each character can be seen and takes one cell. */
export function isAscii(text: string): boolean {
  if (text.length > shortLength) return ascii.test(text);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

/** Whether it may be written as it is. */
export function isPlain(text: string): boolean {
  return isAscii(text) || harmless.test(text);
}

/** One line of text: line breaks and tabs become spaces, escape sequences and controls vanish. */
export function plainText(text: string): string {
  if (isPlain(text)) return text;
  return text
    .replace(escapeSequences, "")
    .replace(lineBreaks, " ")
    .replaceAll("\t", "  ")
    .replace(controls, "")
    .replace(unseen, "")
    .replace(loneSurrogates, "\uFFFD");
}

/** The lines of a text, at most `limit`, not yet made plain; an empty last one is left out. */
export function linesOf(text: string, limit: number): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length && lines.length < limit) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    lines.push(text.slice(start, text[stop - 1] === "\r" ? stop - 1 : stop));
    start = stop + 1;
  }
  return lines;
}

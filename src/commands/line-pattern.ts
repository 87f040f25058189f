/** What `--grep` looks for: in the lines of the log as they are, and as the screen shows what is in them. */
import { plainText } from "../terminal/plain-text.ts";

export type LinePattern = Pick<RegExp, "test">;

/** Matches nothing that is escaped in JSON. */
const word = /^(?:[\w|-]|\\\/)*$/;
/** The same but for the spaces, which line breaks are shown as. */
const phrase = /^(?:[\w |-]|\\\/)*$/;
const lineBreak = /\\[nr]/;
/** A text in a line, and one in JSON that is itself a text. */
const mostLevels = 2;

export function linePattern(pattern: RegExp): LinePattern {
  if (word.test(pattern.source)) return pattern;
  const relevant = phrase.test(pattern.source) ? /\\[nrtu]/ : /\\/;
  const shown = lineBreak.test(pattern.source) ? (text: string): string => text : plainText;
  return {
    test: (line) => {
      if (pattern.test(line)) return true;
      if (!relevant.test(line)) return false;
      let text = line;
      for (let level = 0; level < mostLevels && text.includes("\\"); level++) {
        text = unescaped(text);
        if (pattern.test(shown(text))) return true;
      }
      return false;
    },
  };
}

const escapes = /\\(?:u([\da-fA-F]{4})|(["\\/bfnrt]))/g;
const controls: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescaped(json: string): string {
  return json.replace(escapes, (_, code: string | undefined, sign: string) =>
    code === undefined ? (controls[sign] ?? sign) : String.fromCharCode(parseInt(code, 16)),
  );
}

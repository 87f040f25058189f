/** Takes credentials out of free text: error messages, lines a server printed, URLs, headers written as text. */
import { classifyName } from "./secret-names.ts";

export const redactedMark = "[redacted]";

/** Cheap test that nearly all text fails: without one of these there is nothing to look for. */
const suspicious =
  /bearer|basic|token|secret|pass|pwd|pin\b|otp|key|verifier|auth|cookie|credential|assertion|jwt|eyJ|:\/\/[^/\s]*@|-----BEGIN|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|npm_|AKIA|\bsk[-_]/i;

/** RFC 6750 and RFC 7617; "no bearer token given" and "Basic usage" are language. */
const bearer =
  /\bbearer(?:\s+|%20|\+)["']?(?!\[redacted\]|tokens?\b|auth(?:entication|orization)?\b|(?:realm|error|error_description|scope|resource_metadata)=)[^\s"'`,;<>\\]+/gi;
const basic = /\b[Bb]asic(?:\s+|%20)(?=.[a-zA-Z]*[\d+/=A-Z])[A-Za-z0-9+/_-]{6,}={0,2}/g;
/** A header written as text holds its credential up to the end of the line or of the quotes around it. */
const headerLine =
  /\b((?:proxy-)?authorization|(?:set-)?cookie2?)(\\*["']?\s{0,3}[:=]\s{0,3}\[?\\*["'`]?)([^\s"'`\\][^\r\n"'`\\]*)/gi;
const urlPassword = /(:\/\/[^/\s:@]*:)[^/\s@]+@/g;
const jsonWebToken = /(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]+){1,4}/g;
const pem = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const wellKnown =
  /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abposr]-[\w-]{10,}|npm_\w{30,}|AKIA[A-Z0-9]{16}|sk[-_][\w-]{16,})/g;
const flag = /(?<![\w-])(--?([A-Za-z][\w-]{0,60})\s+)(?!-)\S+/g;

/** The text without the credentials in it; the same string if there were none. */
export function redactText(text: string): string {
  if (text.length < 4 || !suspicious.test(text)) return text;
  const named = text
    .replace(pem, `$1${redactedMark}$2`)
    .replace(headerLine, `$1$2${redactedMark}`)
    .replace(bearer, (whole) => `${whole.slice(0, 6)} ${redactedMark}`)
    .replace(basic, `Basic ${redactedMark}`)
    .replace(flag, (whole, start: string, name: string) =>
      classifyName(name) === "credential" ? `${start}${redactedMark}` : whole,
    );
  return redactAssignments(named)
    .replace(urlPassword, `$1${redactedMark}@`)
    .replace(jsonWebToken, redactedMark)
    .replace(wellKnown, redactedMark);
}

/** `name=value`, `name: value`, `"name": "value"`, `api key: value`, `?name=value`. */
const assignedName = /(?<![\w$.-])([\w$.-]{1,60}(?: [\w$.-]{1,60})?)(\\*["'`]?\s{0,3}(?:=>|[:=])\s{0,3})/g;
const quotedValue = /(\\*["'`])((?:\\.|[^\r\n])*?)(?:\1|$)/my;
const listValue = /[[{][^\]}\r\n]*[\]}]?/y;
const bareValue = /[^\s"'`,;&]+/y;

function redactAssignments(text: string): string {
  let result = "";
  let copied = 0;
  assignedName.lastIndex = 0;
  for (let match = assignedName.exec(text); match !== null; match = assignedName.exec(text)) {
    const [whole, name = ""] = match;
    const nameClass = classifyName(name);
    const start = match.index + whole.length;
    if (nameClass === "harmless") {
      // What looks like this name's value may hold another name with its own value.
      assignedName.lastIndex = match.index + name.length;
      continue;
    }
    const quoted = matchAt(quotedValue, text, start);
    const value = quoted ?? matchAt(listValue, text, start) ?? matchAt(bareValue, text, start);
    if (value === null || text.startsWith(redactedMark, start + (quoted?.[1] ?? "").length)) continue;
    if (/^(?:true|false|null|undefined)$/.test(value[0])) continue;
    if (nameClass === "counted" && /^\W*\d+\W*$/.test(value[0])) continue;
    const quote = quoted?.[1] ?? "";
    const closing = value[0].length > quote.length && value[0].endsWith(quote) ? quote : "";
    result += `${text.slice(copied, start)}${quote}${redactedMark}${closing}`;
    copied = start + value[0].length;
    assignedName.lastIndex = copied;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function matchAt(sticky: RegExp, text: string, position: number): RegExpExecArray | null {
  sticky.lastIndex = position;
  return sticky.exec(text);
}

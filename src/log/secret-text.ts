/** Takes credentials out of free text: error messages, lines a server printed, URLs, headers written as text. */
import { classifyName } from "./secret-names.ts";
import { hasShape, redactPem, redactShapes } from "./secret-shapes.ts";

export const redactedMark = "[redacted]";

/**
 * Cheap test that nearly all text fails: without one of these, and each name of a credential has one, there is nothing
 * to look for. Grouped by the first letter, which is faster.
 */
const suspicious =
  /b(?:earer|asic)|token|se(?:cret|nha|ed.?phrase)|p(?:ass|wd|(?:in|at\d*)\b)|otp|key|kennwort|verifier|auth|c(?:ookie|redential|ontrase|url |onnection.?string)|assertion|jwt|mnemonic|dsn\b|:\/\/[^/\s]*@|-----BEGIN|[?&#](?:code|sig|signature|x-\w+-signature)=|парол|密[码碼]|口令|パスワード|비밀번호|[ａ-ｚ]/i;

/** RFC 6750 and RFC 7617; "no bearer token given", "token-based" and "Basic usage" are language. */
const bearer =
  /\bbearer(?:\s+|%20|\+)["']?(?!\[redacted\]|(?:tokens?(?:-based)?|auth(?:entication|orization)?)(?![\w~+/=-]|\.\w)|(?:realm|error|error_description|scope|resource_metadata)=)[^\s"'`,;<>\\]+/gi;
const basic = /\b[Bb]asic(?:\s+|%20)(?=.[a-zA-Z]*[\d+/=A-Z])[A-Za-z0-9+/_-]{6,}={0,2}/g;
/** A header written as text holds its credential up to the end of the line or of the quotes around it. */
const headerLine =
  /\b((?:proxy-)?authorization|(?:set-)?cookie2?)(\\*["']?\s{0,3}[:=]\s{0,3}\[?\\*["'`]?)(?![[{]\s*[\r\n])([^\s"'`\\][^\r\n"'`\\]*)/gi;
const flag = /(?<![\w-])(--?([A-Za-z][\w-]{0,60})\s+)(?!-)\S+/g;
const curlUser = /(\bcurl\b[^\r\n]{0,400}?\s(?:-u|--user)[\s=]{0,3}["']?[^\s:"']{1,200}:)[^\s"']+/g;
const element = /(<([A-Za-z][\w:.-]{0,60})(?: [^<>]{0,200})?>)[^<>]{1,4096}(?=<\/\2>)/g;
/** "invalid token Zq7…", "the password is Zq7…": what has letters and digits and follows such a word is no language. */
const said =
  /(?<!(?:progress|page|next|sync|cancel\w{0,6}|unexpected)[ _-])\b((?:token|secret|pass(?:word|phrase|code)|(?:api|access|secret|private)[ _-]?key|credential)s?(?:\s(?:is|was|provided|given|used|supplied))?:?\s["'`(]?)(?!(?:base64|sha\d|md5|utf-?\d|oauth\d|argon\d|http))(?=[^\s"'`]{0,200}\d)(?=[^\s"'`]{0,200}[A-Za-z])[\w~+/=.-]{8,}/gi;

/** Passwords have `?` and `#` as they are, though they should not; behind a port, an address goes on with these. */
const urlPassword = /(:\/\/(?!\[)[^/\s:@?#]*:)(?!\d{1,5}[?#])[^/\s@]+@/g;
/** `https://<token>@host`; a short one, or one without a digit, is a user's name. */
const urlUser = /(\bhttps?:\/\/)(?=[^/\s:@?#]{0,200}\d)[^/\s:@?#]{12,200}(?=@)/g;
/** Who has a signed address may use it. */
const urlSignature = /([?&](?:sig|signature|x-\w{1,20}-signature)=)[^&\s"'<>]+/gi;
const urlQuery = /\?[^\s"'<>]+/g;
const authorizationCode = /([?&]code=)[^&#]+/;

/** The text without the credentials in it; the same string if there were none. */
export function redactText(text: string): string {
  if (text.length < 4) return text;
  if (!suspicious.test(text)) return hasShape(text) ? redactShapes(text, redactedMark) : text;
  const named = redactPem(text, redactedMark)
    .replace(headerLine, `$1$2${redactedMark}`)
    .replace(bearer, (whole) => `${whole.slice(0, 6)} ${redactedMark}`)
    .replace(basic, `Basic ${redactedMark}`)
    .replace(flag, (whole, start: string, name: string) =>
      classifyName(name) === "credential" ? `${start}${redactedMark}` : whole,
    );
  const withoutUser = named.includes("curl ") ? named.replace(curlUser, `$1${redactedMark}`) : named;
  const assigned = redactAssignments(redactElements(withoutUser), "text");
  return redactShapes(redactUrls(assigned.replace(said, `$1${redactedMark}`)), redactedMark);
}

/**
 * The same for lines of source code, where a name may be followed by anything: `password: z.string()`. What is no
 * literal holds nothing.
 */
export function redactCode(code: string): string {
  const named = redactPem(code, redactedMark).replace(
    bearer,
    (whole) => `${whole.slice(0, 6)} ${redactedMark}`,
  );
  return redactShapes(redactUrls(redactAssignments(named, "code")), redactedMark);
}

function redactElements(text: string): string {
  if (!text.includes("</")) return text;
  return text.replace(element, (whole, start: string, name: string) =>
    classifyName(name) === "credential" ? `${start}${redactedMark}` : whole,
  );
}

/** RFC 6749: an authorization code comes back with the state that was sent. */
function redactUrls(text: string): string {
  if (!text.includes("://") && !text.includes("=")) return text;
  const clean = text
    .replace(urlPassword, `$1${redactedMark}@`)
    .replace(urlUser, `$1${redactedMark}`)
    .replace(urlSignature, `$1${redactedMark}`);
  if (!clean.includes("code=") || !clean.includes("state=")) return clean;
  return clean.replace(urlQuery, (query) =>
    /[?&]state=/.test(query) ? query.replace(authorizationCode, `$1${redactedMark}`) : query,
  );
}

/** `name=value`, `name: value`, `"name": "value"`, `api key: value`, `?name=value`. */
const assignedName =
  /(?<![\p{L}\p{N}_$.-])([\p{L}\p{N}_$.-]{1,60}(?: [\p{L}\p{N}_$.-]{1,60})?)(\\*["'`]?(?:[ \t]{4,40}|\s{0,3})(?:=>|[:=：＝])(?:[ \t]{4,40}|\s{0,3}))/gu;
const quotedValue = /(\\*["'`])((?:\\.|[^\r\n])*?)(?:\1|$)/my;
/** The end of the line, or of what closes it, of a list that is not closed as a whole. */
const openListValue = /[[{][^\]}\r\n]*[\]}]?/y;
const listStep = /[^[\]{}"'`\\]+|\\*["'`]|\\+|[[\]{}]/y;
const bareValue = /[^\s"'`,;&]+/y;
/** Of several words, up to the end of the line. */
const phraseName = /mnemonic|phrase/i;
const phraseValue = /[^\s"'`,;&][^\r\n"'`,;&]*/y;
/** What is said of a value, or compared with it: `Password: Required`, `token === other`, `token = await …`. */
const noValue =
  /^(?:true|false|null|undefined|=+|(?:await|new|required|missing|invalid|expected|expired|unknown|incorrect|wrong|empty|must|should|cannot|is|was|has|not|no|too)[.:!?)]*)$/i;

/** `token-verifier.ts:18:20` is a place. */
const fileName = /\.(?:[cm]?[jt]sx?|json|map)$/;

function redactAssignments(text: string, of: "text" | "code"): string {
  let result = "";
  let copied = 0;
  const ends: ListEnds = new Map();
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
    const bare = phraseName.test(name) ? phraseValue : bareValue;
    const quoted = matchAt(quotedValue, text, start);
    const unquoted = (): string | undefined => listAt(text, start, ends) ?? matchAt(bare, text, start)?.[0];
    const value = quoted?.[0] ?? (of === "code" ? undefined : unquoted());
    if (value === undefined || text.startsWith(redactedMark, start + (quoted?.[1] ?? "").length)) continue;
    if (noValue.test(value.split(" ", 1).join())) continue;
    if (fileName.test(name) && /^\d+(?:\D|$)/.test(value)) continue;
    if (nameClass === "counted" && /^\W*\d+\W*$/.test(value)) continue;
    const quote = quoted?.[1] ?? "";
    const closing = value.length > quote.length && value.endsWith(quote) ? quote : "";
    result += `${text.slice(copied, start)}${quote}${redactedMark}${closing}`;
    copied = start + value.length;
    assignedName.lastIndex = copied;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/**
 * `{ … }` or `[ … ]`, over several lines if it is closed, or goes on in the next one where the text was cut.
 * @param ends as for `listEnd`.
 */
function listAt(text: string, start: number, ends: ListEnds): string | undefined {
  if (text[start] !== "[" && text[start] !== "{") return undefined;
  const end = listEnd(text, start, ends);
  if (end !== undefined) return text.slice(start, end);
  return /^.\s*[\r\n]/.test(text.slice(start, start + 40))
    ? text.slice(start)
    : matchAt(openListValue, text, start)?.[0];
}

/** By where they start; undefined for those that are not closed. */
type ListEnds = Map<number, number | undefined>;

/** @param ends of the lists that were come across: nothing is read once more for each list that is not closed. */
function listEnd(text: string, start: number, ends: ListEnds): number | undefined {
  if (ends.has(start)) return ends.get(start);
  const open: number[] = [];
  for (let at = start; at < text.length;) {
    const step = matchAt(listStep, text, at)?.[0] ?? "";
    if (step === "[" || step === "{") open.push(at);
    at += /["'`]$/.test(step) ? (matchAt(quotedValue, text, at)?.[0] ?? step).length : step.length;
    if (step !== "]" && step !== "}") continue;
    const closed = open.pop();
    if (closed !== undefined) ends.set(closed, at);
    if (open.length === 0) return at;
  }
  for (const left of open) ends.set(left, undefined);
  return undefined;
}

function matchAt(sticky: RegExp, text: string, position: number): RegExpExecArray | null {
  sticky.lastIndex = position;
  return sticky.exec(text);
}

/** Decides by its name alone whether a key holds a credential, in any case and separator style. */

/** `counted`: a credential if it is text and a count if it is a number, as `tokens` and `maxTokens` may be. */
export type NameClass = "credential" | "counted" | "harmless";

/** Compared with the name in lower case without separators, so that `API-Key`, `api_key` and `apiKey` are one. */
const credential =
  /token|secret(?!ar)|passw(?:or)?d|passphrase|passcode|credential|authorization|authcode|cookie|codeverifier|(?:client|saml)assertion|bearer|jsonwebtoken|connectionstring|mnemonic|seedphrase|passwort|kennwort|motdepasse|contrase[nñ]a|парол|密码|密碼|口令|パスワード|비밀번호|(?:api|private|secret|access|signing|encryption|decryption)key/;
/** These are not only words for keys that open something: nothing but a few words may follow. */
const namedKey =
  /(?:auth|session|service|account|subscription|functions|master|shared|client|consumer|app|admin|deploy|webhook|license|ssh|hmac|rsa|pgp|gpg)keys?(?:value|header|pem|data|base64|\d+)?$/;
const credentialNames = new Set([
  "auth",
  "xauth",
  "jwt",
  "pass",
  "pwd",
  "pin",
  "otp",
  "totp",
  "dsn",
  "pat",
  "assertion",
  "senha",
]);
/** Only as a word of its own: `smtp_pass`, not `compass`. */
const credentialWords = new Set(["pass", "pwd", "jwt", "otp", "pat"]);

/** MCP's progress token, cursors by another name, and OAuth's public metadata. */
const harmless =
  /^(?:progress|page|nextpage|prevpage|previouspage|continuation|nextcontinuation|cancellation|cancel|sync|nextsync|next|startpage|newstartpage|resume|resumption|pagination)token$|tokenizer|(?:endpoint|url|uri|type|types|supported|servers?|count|counts|limit|expires?|expiry|expiresin|expiresat|budget|usage|length|policy|authmethod)$/;
const counted = /tokens$|^pass$|^tokens(?:in|out|used|total|left|remaining|persecond)$/;

const known = new Map<string, NameClass>();
const knownLimit = 4096;
const longestKept = 128;

export function classifyName(key: string): NameClass {
  let answer = known.get(key);
  if (answer === undefined) {
    answer = classify(key);
    if (known.size >= knownLimit) known.clear();
    if (key.length <= longestKept) known.set(key, answer);
  }
  return answer;
}

function classify(key: string): NameClass {
  const name = key
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
  if (harmless.test(name)) return "harmless";
  if (counted.test(name)) return "counted";
  if (credentialNames.has(name) || credential.test(name) || namedKey.test(name)) return "credential";
  const lastWord = key.split(/[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u).at(-1) ?? "";
  return credentialWords.has(lastWord.toLowerCase().replace(/\d+$/, "")) ? "credential" : "harmless";
}

/** Credentials that give themselves away by their shape, whatever is around them. */

const jsonWebToken = String.raw`(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]+){1,4}`;

/** What those who issue them put before them, so that scanners like this one can tell. */
const issued = [
  String.raw`gh[pousr]_\w{16,}`,
  String.raw`github_pat_\w{16,}`,
  String.raw`glpat-[\w-]{16,}`,
  String.raw`xox[abposr]-[\w-]{10,}`,
  String.raw`xapp-\d-[\w-]{10,}`,
  String.raw`npm_\w{30,}`,
  String.raw`pypi-[\w-]{16,}`,
  String.raw`hf_[A-Za-z0-9]{30,}`,
  String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
  String.raw`AIza[\w-]{35}`,
  String.raw`ya29\.[\w-]{20,}`,
  String.raw`(?:sk|rk)[-_][\w-]{16,}`,
  String.raw`whsec_[\w+/=]{16,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`do[opr]_v1_[a-f0-9]{32,}`,
  String.raw`shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`,
  String.raw`ATATT3[\w=-]{16,}`,
  String.raw`lin_api_\w{32,}`,
  String.raw`AGE-SECRET-KEY-1[A-Z0-9]{16,}`,
].join("|");
const wellKnown = new RegExp(String.raw`\b(?:${issued})|${jsonWebToken}`, "g");
const anyWellKnown = new RegExp(wellKnown.source);
/** Who has the address may post there. */
const webhook = /(\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows)\/)[\w/-]+/g;

const pem = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]+?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

export function hasShape(text: string): boolean {
  return anyWellKnown.test(text) || text.includes("hooks.slack.com/");
}

export function redactShapes(text: string, mark: string): string {
  return text.replace(wellKnown, mark).replace(webhook, `$1${mark}`);
}

export function redactPem(text: string, mark: string): string {
  return text.replace(pem, `$1${mark}$2`);
}

/** Takes credentials out of a value before it is written: by key name at any depth, and by pattern in every text. */
import { classifyName } from "./secret-names.ts";
import { redactedMark, redactText } from "./secret-text.ts";
import { LearnedSecrets } from "./secret-values.ts";

export type Redacted = {
  /** The same object if nothing was redacted; what is unchanged inside is shared, never copied. */
  readonly value: unknown;
  /** Where something was redacted, such as `params.arguments.token`; at most `maxPaths`. */
  readonly paths: readonly string[];
  /** A text was longer than what may be written, and only its beginning was looked at and is left. */
  readonly cut: boolean;
};

const defaultMaxTextLength = 256 * 1024;
/** The last of what was looked at, in which a credential may be cut so that it cannot be recognised. */
const unsureLength = 4096;
const maxPaths = 64;
const maxPathLength = 200;
/** Nothing a protocol message needs is deeper. */
const maxDepth = 128;
const tooDeep = "[nested too deeply]";
const cycle = "[circular]";

/** One walk makes a value safe to write: no credential, no cycle, nothing that JSON cannot hold. */
export class Redactor {
  readonly #learned = new LearnedSecrets();
  readonly #maxTextLength: number;
  #paths: string[] = [];
  #cut = false;
  readonly #parents: object[] = [];

  /** @param maxTextLength what is longer would be cut anyway before it is written. */
  constructor(maxTextLength: number = defaultMaxTextLength) {
    this.#maxTextLength = maxTextLength;
  }

  /** Throws only what a getter or a `toJSON` throws. */
  redact(value: unknown, path = ""): Redacted {
    this.#paths = [];
    this.#cut = false;
    this.#parents.length = 0;
    const redacted = this.#walk(value, path);
    return { value: redacted, paths: this.#paths, cut: this.#cut };
  }

  #walk(value: unknown, path: string): unknown {
    if (typeof value === "string") return this.#text(value, path);
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (this.#parents.length >= maxDepth) return tooDeep;
    if (this.#parents.includes(value)) return cycle;
    this.#parents.push(value);
    const redacted = this.#container(value, path);
    this.#parents.pop();
    return redacted;
  }

  #container(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#array(value, path);
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.#walk((value.toJSON as () => unknown).call(value), path);
    }
    return this.#object(value, path);
  }

  #array(items: readonly unknown[], path: string): readonly unknown[] {
    let copy: unknown[] | undefined;
    // `--token`, `abc` side by side, as in a command line.
    let afterFlag = false;
    for (const [index, item] of items.entries()) {
      const secret: boolean = afterFlag && typeof item === "string" && !item.startsWith("-");
      const place = join(path, String(index));
      const redacted: unknown = secret ? this.#credential(item, place) : this.#walk(item, place);
      if (redacted !== item) (copy ??= [...items])[index] = redacted;
      afterFlag = typeof item === "string" && item.startsWith("-") && isCredentialFlag(item);
    }
    return copy ?? items;
  }

  #object(source: object, path: string): object {
    let copy: Record<string, unknown> | undefined;
    const pair = isNamedCredential(source);
    for (const [key, item] of Object.entries(source)) {
      const place = join(path, key);
      const name = pair && key === "value" ? "credential" : classifyName(key);
      const secret = name === "credential" || (name === "counted" && holdsText(item));
      const redacted: unknown = secret ? this.#credential(item, place) : this.#walk(item, place);
      if (redacted !== item) (copy ??= { ...source })[key] = redacted;
    }
    return copy ?? source;
  }

  /** `true`, `null` and nothing tell that there is a credential, not which. */
  #credential(value: unknown, path: string): unknown {
    if (value === null || value === undefined || typeof value === "boolean" || value === "") return value;
    if (value === redactedMark) return value;
    this.#learned.add(value);
    this.#note(path);
    return redactedMark;
  }

  #text(text: string, path: string): string {
    if (text.length > this.#maxTextLength) return this.#longText(text, path);
    const redacted = this.#learned.redact(this.#json(text) ?? redactText(text));
    if (redacted !== text) this.#note(path);
    return redacted;
  }

  #longText(text: string, path: string): string {
    this.#cut = true;
    const start = text.slice(0, this.#maxTextLength + unsureLength);
    const redacted = this.#learned.redact(redactText(start));
    if (redacted !== start) this.#note(path);
    return redacted.slice(0, Math.max(0, redacted.length - unsureLength));
  }

  /** Tools answer with JSON in a text: its keys are looked at like all others. */
  #json(text: string): string | undefined {
    if (!/^\s*[{[]/.test(text) || !/[}\]]\s?$/.test(text)) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    const outer = this.#paths;
    this.#paths = [];
    const redacted = this.#walk(value, "");
    this.#paths = outer;
    if (redacted === value) return text;
    return JSON.stringify(redacted, undefined, /^\s*[{[]\r?\n( +|\t)/.exec(text)?.[1]);
  }

  #note(path: string): void {
    if (this.#paths.length < maxPaths) this.#paths.push(path.slice(0, maxPathLength));
  }
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function isCredentialFlag(item: string): boolean {
  return /^--?[\w-]{1,60}$/.test(item) && classifyName(item) === "credential";
}

/** `{ name: "x-api-key", value: "…" }`, as lists of headers and MCP's completion arguments have it. */
function isNamedCredential(source: object): boolean {
  if (!("value" in source)) return false;
  const name = "name" in source ? source.name : "key" in source ? source.key : undefined;
  return typeof name === "string" && classifyName(name) === "credential";
}

function holdsText(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return !/^\d*$/.test(value);
  if (typeof value !== "object" || value === null) return false;
  return depth > 8 || Object.values(value).some((item) => holdsText(item, depth + 1));
}

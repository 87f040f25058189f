/** Takes credentials out of a value before it is written: by key name at any depth, and by pattern in every text. */
import { PemLines } from "./pem-lines.ts";
import { classifyName } from "./secret-names.ts";
import { heldValues, isSchema, propertiesOf } from "./secret-schema.ts";
import { redactCode, redactedMark, redactText } from "./secret-text.ts";
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

/** Short texts come again and again (methods, names, ids): those without a credential are looked at once. */
const maxKnownLength = 64;
const maxKnown = 1024;

/** One walk makes a value safe to write: no credential, no cycle, nothing that JSON cannot hold. */
export class Redactor {
  readonly #learned = new LearnedSecrets();
  readonly #pemLines = new PemLines();
  readonly #harmless = new Set<string>();
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

  /** A line that a server printed. @param source whose lines come in order: a key may be one of several lines. */
  redactLine(line: string, source: string): Redacted {
    const withoutKey = this.#pemLines.redact(line, source, redactedMark);
    const redacted = this.redact(withoutKey, "body");
    return withoutKey === line ? redacted : { ...redacted, paths: ["body"] };
  }

  /** Source code around an error. */
  redactFrame(frame: string): string {
    return this.#learned.redact(redactCode(frame));
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
    const arePairs = /(?:^|\.)raw_?headers$/i.test(path);
    for (const [index, item] of items.entries()) {
      const before = items[index - 1];
      // `--token`, `abc` side by side, as in a command line; or a name and its value, as Node has headers.
      const isFlagged = isText(before) && isCredentialFlag(before) && isText(item) && !item.startsWith("-");
      const isNamed = arePairs && index % 2 === 1 && isText(before) && classifyName(before) === "credential";
      const place = join(path, String(index));
      const redacted: unknown =
        isFlagged || isNamed
          ? this.#credential(item, place)
          : (this.#pair(item, place) ?? this.#walk(item, place));
      if (redacted !== item) (copy ??= [...items])[index] = redacted;
    }
    return copy ?? items;
  }

  /** `["x-api-key", "…"]` in a list of such, as the entries of a map have it. */
  #pair(item: unknown, path: string): unknown {
    if (!Array.isArray(item) || item.length !== 2) return undefined;
    const [name, value] = item as readonly unknown[];
    if (!isText(name) || classifyName(name) !== "credential") return undefined;
    return [name, this.#credential(value, join(path, "1"))];
  }

  #object(source: object, path: string): object {
    let copy: Record<string, unknown> | undefined;
    const isNamed = isNamedCredential(source);
    const properties = propertiesOf(source);
    for (const key of Object.keys(source)) {
      const item: unknown = Reflect.get(source, key);
      const place = join(path, key);
      const redacted: unknown =
        properties !== undefined && key === "properties"
          ? this.#properties(properties, place)
          : this.#member(key, item, place, isNamed && valueKeys.has(key));
      if (redacted !== item) (copy ??= { ...source })[key] = redacted;
    }
    return copy ?? source;
  }

  #member(key: string, item: unknown, path: string, isNamed = false): unknown {
    const name = isNamed ? "credential" : classifyName(key);
    const isSecret = name === "credential" || (name === "counted" && holdsText(item));
    return isSecret ? this.#credential(item, path) : this.#walk(item, path);
  }

  /** A JSON Schema tells of a property that is called `password`, and holds none. */
  #properties(properties: object, path: string): object {
    return changed(properties, (name, schema) => {
      const isOfCredential = classifyName(name) !== "harmless" && isSchema(schema);
      return isOfCredential
        ? this.#schema(schema, join(path, name))
        : this.#member(name, schema, join(path, name));
    });
  }

  #schema(schema: unknown, path: string): unknown {
    if (typeof schema !== "object" || schema === null) return this.#walk(schema, path);
    if (this.#parents.length >= maxDepth) return tooDeep;
    this.#parents.push(schema);
    const clean = (key: string, item: unknown): unknown =>
      heldValues.has(key) ? this.#credential(item, join(path, key)) : this.#schema(item, join(path, key));
    const redacted = Array.isArray(schema) ? this.#schemas(schema, path) : changed(schema, clean);
    this.#parents.pop();
    return redacted;
  }

  #schemas(schemas: readonly unknown[], path: string): readonly unknown[] {
    const redacted = schemas.map((item, index) => this.#schema(item, join(path, String(index))));
    return redacted.some((item, index) => item !== schemas[index]) ? redacted : schemas;
  }

  /** `true`, `null` and nothing tell that there is a credential, not which. */
  #credential(value: unknown, path: string): unknown {
    if (value === null || value === undefined || typeof value === "boolean" || isEmpty(value)) return value;
    if (value === redactedMark) return value;
    this.#learned.add(value);
    this.#harmless.clear();
    this.#note(path);
    return redactedMark;
  }

  #text(text: string, path: string): string {
    if (text.length > this.#maxTextLength) return this.#longText(text, path);
    if (this.#harmless.has(text)) return text;
    const redacted = this.#learned.redact(this.#json(text) ?? redactText(text));
    if (redacted !== text) this.#note(path);
    else if (text.length <= maxKnownLength) this.#remember(text);
    return redacted;
  }

  #remember(harmless: string): void {
    if (this.#harmless.size >= maxKnown) this.#harmless.clear();
    this.#harmless.add(harmless);
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
    if (!/^\s*[{[]/.test(text) || !/[}\]]$/.test(text.trimEnd())) return undefined;
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

/** The same object if nothing is changed in it. */
function changed(source: object, change: (key: string, item: unknown) => unknown): object {
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(source)) {
    const now = change(key, item);
    if (now !== item) (copy ??= { ...source })[key] = now;
  }
  return copy ?? source;
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function isCredentialFlag(item: string): boolean {
  return /^--?[\w-]{1,60}$/.test(item) && classifyName(item) === "credential";
}

const nameKeys = ["name", "key", "header", "field", "param", "parameter", "variable"];
const valueKeys = new Set(["value", "val", "values"]);

/** `{ name: "x-api-key", value: "…" }`, as lists of headers and MCP's completion arguments have it. */
function isNamedCredential(source: object): boolean {
  if (!("value" in source || "val" in source || "values" in source)) return false;
  return nameKeys.some((key) => {
    const name: unknown = Reflect.get(source, key);
    return isText(name) && classifyName(name) === "credential";
  });
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function holdsText(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  return depth > 8 || Object.values(value).some((item) => holdsText(item, depth + 1));
}

/** Reads the arguments of a call: one JSON object, or `key=value` pairs typed by the schema. */
import { CliError, exitCodes } from "../cli-error.ts";
import { isObject } from "../terminal/foreign.ts";
import { itemsOf, propertiesOf, typeName, typesOf } from "./schema.ts";

export type Arguments = Record<string, unknown>;

/**
 * @param schema of the tool; an object schema without properties types nothing.
 * @throws CliError for what is neither JSON nor pairs.
 */
export function readArguments(words: readonly string[], schema: unknown): Arguments {
  const [first = ""] = words;
  if (words.length === 0) return {};
  if (/^\s*[{[]/.test(first)) return readJson(words);
  const textsOf = new Map<string, [string, ...string[]]>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) {
      throw usage(`"${word}" is neither JSON nor key=value`, `such as '{"a": 1}' or a=1`);
    }
    const [key, text] = [word.slice(0, at), word.slice(at + 1)];
    const before = textsOf.get(key);
    if (before === undefined) textsOf.set(key, [text]);
    else before.push(text);
  }
  return Object.fromEntries([...textsOf].map(([key, texts]) => [key, valueOf(key, texts, schema)]));
}

/** For prompts, whose arguments are all text. */
export function readTexts(words: readonly string[]): Record<string, string> {
  const args = readArguments(words, { additionalProperties: { type: "string" } });
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function readJson(words: readonly string[]): Arguments {
  const text = words.join(" ");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usage(
      `the arguments are not valid JSON: ${why}`,
      `quote them for the shell: '{"a": 1}', or write a=1`,
    );
  }
  if (isObject(value)) return { ...value };
  throw usage("the arguments are not a JSON object", `such as '{"a": 1}'`);
}

function valueOf(key: string, texts: readonly [string, ...string[]], schema: unknown): unknown {
  const property = propertiesOf(schema).find(({ name }) => name === key);
  const fallback = isObject(schema) ? schema["additionalProperties"] : undefined;
  const own = property?.schema ?? fallback;
  if (texts.length === 1) return typedText(texts[0], own, schema);
  if (!typesOf(own, schema).has("array"))
    throw usage(`${key} is given twice`, "only a list takes several values");
  const items = typesOf(itemsOf(own, schema), schema);
  return texts.map((each) => typed(each, items));
}

/** One text, as the value that a schema asks for: one item stands for a list of it. */
export function typedText(text: string, schema: unknown, root: unknown): unknown {
  const types = typesOf(schema, root);
  if (types.has("array") && !text.trimStart().startsWith("[")) {
    const others = new Set([...types].filter((type) => type !== "array"));
    const isOther = others.size > 0 && fits(typed(text, others), others);
    if (!isOther) return [typed(text, typesOf(itemsOf(schema, root), root))];
  }
  return typed(text, types);
}

/** The value that a text stands for; the text itself where no other type fits, so that the check can say so. */
function typed(text: string, types: ReadonlySet<string>): unknown {
  if (types.size === 1 && types.has("string")) return text;
  const value = parsed(text);
  if (value === undefined) return text;
  return types.size === 0 || fits(value, types) ? value : text;
}

function fits(value: unknown, types: ReadonlySet<string>): boolean {
  const isNumber = typeof value === "number" && (types.has("number") || types.has("integer"));
  return isNumber || types.has(typeName(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: exitCodes.usage });
}

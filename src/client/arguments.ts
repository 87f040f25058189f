/** Reads the arguments of a call: one JSON object, or `key=value` pairs typed by the schema. */
import { CliError, exitCodes } from "../cli-error.ts";
import { isObject } from "../terminal/foreign.ts";
import { propertiesOf, typesOf } from "./schema.ts";

export type Arguments = Record<string, unknown>;

/**
 * @param schema of the tool; an object schema without properties types nothing.
 * @throws CliError for what is neither JSON nor pairs.
 */
export function readArguments(words: readonly string[], schema: unknown): Arguments {
  const [first = ""] = words;
  if (words.length === 0) return {};
  if (/^\s*[{[]/.test(first)) return readJson(words);
  const args: Arguments = {};
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) {
      throw usage(`"${word}" is neither JSON nor key=value`, `such as '{"a": 1}' or a=1`);
    }
    const key = word.slice(0, at);
    addValue(args, key, word.slice(at + 1), schema);
  }
  return args;
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

function addValue(args: Arguments, key: string, text: string, schema: unknown): void {
  const property = propertiesOf(schema).find(({ name }) => name === key);
  const fallback = isObject(schema) ? schema["additionalProperties"] : undefined;
  const types = typesOf(property?.schema ?? fallback, schema);
  const known = Object.hasOwn(args, key) ? args[key] : undefined;
  if (types.has("array") && !text.trimStart().startsWith("[")) {
    const items = isObject(property?.schema) ? property.schema["items"] : undefined;
    const value = typed(text, typesOf(items, schema));
    args[key] = Array.isArray(known) ? [...(known as unknown[]), value] : [value];
    return;
  }
  if (known !== undefined) throw usage(`${key} is given twice`, "only a list takes several values");
  Object.defineProperty(args, key, {
    value: typed(text, types),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The value that a text stands for; the text itself where no other type fits, so that the check can say so. */
function typed(text: string, types: ReadonlySet<string>): unknown {
  if (types.size === 1 && types.has("string")) return text;
  const value = parsed(text);
  if (value === undefined) return text;
  if (types.size === 0) return value;
  const isNumber = typeof value === "number" && (types.has("number") || types.has("integer"));
  const fits =
    isNumber ||
    (typeof value === "boolean" && types.has("boolean")) ||
    (value === null && types.has("null")) ||
    (typeof value === "string" && types.has("string")) ||
    (Array.isArray(value) && types.has("array")) ||
    (isObject(value) && types.has("object"));
  return fits ? value : text;
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

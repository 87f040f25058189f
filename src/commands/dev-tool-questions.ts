/** Asks for a tool and for its arguments, one question for each property of its schema. What was answered stays as a line. */
import { readArguments } from "../client/arguments.ts";
import { misfits } from "../client/fit.ts";
import { nameOf } from "../client/offer.ts";
import { allowedValues, propertiesOf, signature, typesOf, typeText } from "../client/schema.ts";
import type { PropertySchema } from "../client/schema.ts";
import { field, isObject, textField, type Foreign } from "../terminal/foreign.ts";
import { plainText } from "../terminal/plain-text.ts";
import { askOneOf, askSearch, askText, showAnswer, type PromptStreams } from "../terminal/prompts.ts";

type Arguments = Record<string, unknown>;

/** Objects in objects further down are asked for as JSON. */
const deepest = 4;

export async function askTool(streams: PromptStreams, tools: readonly Foreign[]): Promise<string> {
  const name = await askSearch(streams, {
    message: "Call which tool?",
    choices: tools.map((tool) => ({
      value: nameOf(tool),
      name: plainText(signature(nameOf(tool), tool["inputSchema"])),
      description: plainText(textField(tool, "description") ?? textField(tool, "title") ?? ""),
    })),
  });
  showAnswer(streams, "tool", plainText(name));
  return name;
}

/** What is left empty and need not be given is left out. */
export async function askArguments(
  streams: PromptStreams,
  schema: unknown,
  root: unknown = schema,
  path: readonly string[] = [],
): Promise<Arguments> {
  const args: Arguments = {};
  for (const property of propertiesOf(schema)) {
    const here = [...path, property.name];
    const parts = property.required && here.length <= deepest ? propertiesOf(property.schema) : [];
    const value =
      parts.length > 0
        ? await askArguments(streams, property.schema, root, here)
        : await askProperty(streams, property, root, plainText(here.join(".")));
    if (value !== undefined) args[property.name] = value;
  }
  return args;
}

async function askProperty(
  streams: PromptStreams,
  property: PropertySchema,
  root: unknown,
  name: string,
): Promise<unknown> {
  const message = `${name}${property.required ? "" : "?"}`;
  const note = [noteOf(property.schema, root), textField(property.schema, "description") ?? ""];
  const flag = plainText(note.filter((part) => part !== "").join(" · "));
  const preset = field(property.schema, "default");
  const values = allowedValues(property.schema);
  const value =
    values.length > 0
      ? await askOneOf(streams, {
          message,
          flag,
          choices: [
            ...values.map((one) => ({ value: one, name: plainText(JSON.stringify(one)) })),
            ...(property.required ? [] : [{ value: undefined, name: "(leave out)" }]),
          ],
          preset,
        })
      : valueOf(
          await askText(streams, {
            message,
            flag,
            preset: preset === undefined ? "" : textOf(preset),
            problemOf: (text) => problemOf(text, property, root),
          }),
          property,
          root,
        );
  if (value !== undefined) showAnswer(streams, name, plainText(textOf(value)));
  return value;
}

/** Its type, and how one that is not one word is written. */
function noteOf(schema: unknown, root: unknown): string {
  const format = textField(schema, "format");
  const text = `${typeText(schema, root)}${format === undefined ? "" : ` (${format})`}`;
  const types = typesOf(schema, root);
  if (types.has("array")) return `${text}, several as JSON: […, …]`;
  const parts = propertiesOf(schema).map(({ name }) => `"${name}": …`);
  return types.has("object") ? `${text} as JSON: {${parts.join(", ")}}` : text;
}

function valueOf(text: string, property: PropertySchema, root: unknown): unknown {
  const isText = typesOf(property.schema, root).has("string");
  if (text === "" && !(property.required && isText)) return undefined;
  const single = { ...(isObject(root) ? root : {}), properties: { [property.name]: property.schema } };
  return readArguments([`${property.name}=${text}`], single)[property.name];
}

function problemOf(text: string, property: PropertySchema, root: unknown): string | undefined {
  const value = valueOf(text, property, root);
  if (value === undefined) return property.required ? "it has to be given" : undefined;
  const { name, schema, required } = property;
  const single = {
    ...(isObject(root) ? root : {}),
    properties: { [name]: schema },
    required: required ? [name] : [],
  };
  const problems = misfits({ [name]: value }, single);
  return problems.length === 0 ? undefined : problems.join("; ");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

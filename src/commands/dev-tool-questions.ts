/** Asks for a tool and for its arguments, one question for each property of its schema. */
import { readArguments } from "../client/arguments.ts";
import { misfits } from "../client/fit.ts";
import { nameOf } from "../client/offer.ts";
import { propertiesOf, signature, typesOf, typeText, type PropertySchema } from "../client/schema.ts";
import { field, isObject, listField, textField, type Foreign } from "../terminal/foreign.ts";
import { plainText } from "../terminal/plain-text.ts";
import { askOneOf, askSearch, askText, type PromptStreams } from "../terminal/prompts.ts";

type Arguments = Record<string, unknown>;

export function askTool(streams: PromptStreams, tools: readonly Foreign[]): Promise<string> {
  return askSearch(streams, {
    message: "Call which tool?",
    choices: tools.map((tool) => ({
      value: nameOf(tool),
      name: plainText(signature(nameOf(tool), tool["inputSchema"])),
      description: plainText(textField(tool, "description") ?? textField(tool, "title") ?? ""),
    })),
  });
}

/** What is left empty and need not be given is left out. */
export async function askArguments(streams: PromptStreams, schema: unknown): Promise<Arguments> {
  const args: Arguments = {};
  for (const property of propertiesOf(schema)) {
    const value = await askProperty(streams, property, schema);
    if (value !== undefined) args[property.name] = value;
  }
  return args;
}

async function askProperty(
  streams: PromptStreams,
  property: PropertySchema,
  root: unknown,
): Promise<unknown> {
  const message = `${plainText(property.name)}${property.required ? "" : "?"}`;
  const note = [typeText(property.schema, root), textField(property.schema, "description") ?? ""];
  const flag = plainText(note.filter((part) => part !== "").join(" · "));
  const preset = field(property.schema, "default");
  const values = allowedValues(property, root);
  if (values.length > 0) {
    const choices = values.map((value) => ({ value, name: JSON.stringify(value) }));
    const leaveOut = { value: undefined, name: "(leave out)" };
    return askOneOf(streams, {
      message,
      flag,
      choices: property.required ? choices : [...choices, leaveOut],
      preset,
    });
  }
  const answer = await askText(streams, {
    message,
    flag,
    preset: preset === undefined ? "" : textOf(preset),
    problemOf: (text) => problemOf(text, property, root),
  });
  return valueOf(answer, property, root);
}

/** Of an enumeration or a yes-or-no. */
function allowedValues({ schema }: PropertySchema, root: unknown): readonly unknown[] {
  const listed = listField(schema, "enum");
  if (listed.length > 0) return listed;
  const types = typesOf(schema, root);
  return types.size === 1 && types.has("boolean") ? [true, false] : [];
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

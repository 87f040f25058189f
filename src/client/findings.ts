/** What clients choke on in what a server offers; an error where one refuses it, a warning where it works badly. */
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { breaksNameRule, isToolName } from "../dev/name-warnings.ts";
import { isObject, listField, textField, type Foreign } from "../terminal/foreign.ts";
import { nameOf, type Offer } from "./offer.ts";
import { propertiesOf } from "./schema.ts";

export type Finding = {
  readonly severity: "error" | "warning";
  /** `tool add`, `resource file:///x`, `server`. */
  readonly where: string;
  readonly message: string;
  /** `src/server.ts:3:5`, where known. */
  readonly place?: string;
};

/** Some clients send no more to their model. */
const mostTools = 128;
/** The tool names that every common client takes; the protocol itself allows dots and 128 characters. */
const commonName = /^[A-Za-z0-9_-]{1,64}$/;
const commonProperty = /^[A-Za-z0-9_.-]{1,64}$/;
const deepest = 12;

export function findingsIn({ tools, prompts, resources, resourceTemplates }: Offer): Finding[] {
  const found: Finding[] = [
    ...tools.flatMap(toolFindings),
    ...prompts.flatMap(promptFindings),
    ...resources.flatMap(resourceFindings),
    ...resourceTemplates.flatMap(templateFindings),
    ...duplicates("tool", tools.map(nameOf)),
    ...duplicates("prompt", prompts.map(nameOf)),
    ...duplicates("resource", resources.map(uriOf)),
  ];
  if (tools.length > mostTools) {
    found.push(warning("server", `${tools.length} tools; some clients take no more than ${mostTools}`));
  }
  if (tools.length + prompts.length + resources.length + resourceTemplates.length === 0) {
    found.push(warning("server", "offers no tool, no resource and no prompt"));
  }
  return found;
}

function toolFindings(tool: Foreign): Finding[] {
  const name = nameOf(tool);
  const where = `tool ${name}`;
  const found: Finding[] = [];
  if (!isToolName(name)) {
    found.push(error(where, breaksNameRule));
  } else if (!commonName.test(name)) {
    found.push(warning(where, "common clients take only letters, digits, _ and -, at most 64, as a name"));
  }
  if (isBlank(tool["description"]))
    found.push(warning(where, "has no description; a model cannot know when to call it"));
  found.push(...schemaFindings(where, "input schema", tool["inputSchema"]));
  if (tool["outputSchema"] !== undefined)
    found.push(...schemaFindings(where, "output schema", tool["outputSchema"]));
  return found;
}

function schemaFindings(where: string, what: string, schema: unknown): Finding[] {
  if (!isObject(schema)) return [error(where, `its ${what} is no object`)];
  const found: Finding[] = [];
  const combined = ["anyOf", "oneOf", "allOf"].find((keyword) => keyword in schema);
  if (combined !== undefined)
    found.push(error(where, `its ${what} has ${combined} at the top, which common clients reject`));
  if (schema["type"] !== "object") found.push(error(where, `its ${what} is not of type "object"`));
  for (const { name } of propertiesOf(schema)) {
    if (!commonProperty.test(name))
      found.push(error(where, `common clients reject the argument name ${JSON.stringify(name)}`));
  }
  found.push(...nestedFindings(where, what, schema, schema));
  return found.length > 0 ? found : compileFindings(where, what, schema);
}

function nestedFindings(
  where: string,
  what: string,
  schema: Foreign,
  root: Foreign,
  path = "",
  depth = 0,
): Finding[] {
  if (depth > deepest) return [];
  const found: Finding[] = [];
  const at = path === "" ? "" : ` at ${path}`;
  const reference = textField(schema, "$ref");
  if (reference !== undefined && !reference.startsWith("#")) {
    found.push(error(where, `its ${what}${at} refers to ${reference}, which clients cannot read`));
  }
  const type = schema["type"];
  if (type === "array" && schema["items"] === undefined && schema["prefixItems"] === undefined) {
    found.push(error(where, `its ${what}${at} is a list without "items", which common clients reject`));
  }
  const inner = [
    ...propertiesOf(schema).map(({ name, schema: property }) => [
      `${path}${path === "" ? "" : "."}${name}`,
      property,
    ]),
    ...["anyOf", "oneOf", "allOf"].flatMap((keyword) =>
      listField(schema, keyword).map((part) => [path, part]),
    ),
    [`${path}[]`, schema["items"]],
  ] as const;
  for (const [place, part] of inner) {
    if (isObject(part)) found.push(...nestedFindings(where, what, part, root, String(place), depth + 1));
  }
  return found;
}

function compileFindings(where: string, what: string, schema: Foreign): Finding[] {
  const judged = Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== "$schema"));
  try {
    new AjvJsonSchemaValidator().getValidator(judged);
    return [];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [error(where, `its ${what} is no valid JSON Schema: ${why}`)];
  }
}

function promptFindings(prompt: Foreign): Finding[] {
  const where = `prompt ${nameOf(prompt)}`;
  const args = listField(prompt, "arguments").map((argument) => textField(argument, "name") ?? "");
  return [
    ...(isBlank(prompt["name"]) ? [error(where, "has no name")] : []),
    ...(isBlank(prompt["description"]) ? [warning(where, "has no description")] : []),
    ...args
      .filter((name, index) => args.indexOf(name) !== index)
      .map((name) => error(where, `has two arguments ${name}`)),
  ];
}

function resourceFindings(resource: Foreign): Finding[] {
  const uri = uriOf(resource);
  return URL.canParse(uri)
    ? []
    : [error(`resource ${uri}`, "its address is no URI; it needs a scheme, such as file:///x")];
}

function templateFindings(template: Foreign): Finding[] {
  const text = textField(template, "uriTemplate") ?? "";
  const isBalanced = /^(?:[^{}]|\{[^{}]+\})*$/.test(text);
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(text);
  if (isBalanced && hasScheme) return [];
  return [error(`resource template ${text}`, "is no URI template, such as file:///{name}")];
}

function duplicates(kind: string, names: readonly string[]): Finding[] {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => error(`${kind} ${name}`, "is there twice"));
}

export function uriOf(resource: Foreign): string {
  return textField(resource, "uri") ?? "";
}

export function error(where: string, message: string, place?: string): Finding {
  return { severity: "error", where, message, ...(place === undefined ? {} : { place }) };
}

export function warning(where: string, message: string): Finding {
  return { severity: "warning", where, message };
}

function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

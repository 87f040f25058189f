/** What is read of a tool's JSON Schema: which types a property allows, and how it looks in one line. */
import { field, isObject, listField, textsField, type Foreign } from "../terminal/foreign.ts";

const deepest = 8;

export type PropertySchema = { readonly name: string; readonly schema: unknown; readonly required: boolean };

export function propertiesOf(schema: unknown): PropertySchema[] {
  const properties = field(schema, "properties");
  if (!isObject(properties)) return [];
  const required = textsField(schema, "required");
  return Object.entries(properties).map(([name, property]) => ({
    name,
    schema: property,
    required: required.includes(name),
  }));
}

/** Names of the JSON types that a value may have; empty if the schema does not say. */
export function typesOf(schema: unknown, root: unknown, depth = 0): ReadonlySet<string> {
  const types = new Set<string>();
  if (!isObject(schema) || depth > deepest) return types;
  const { type } = schema;
  if (typeof type === "string") types.add(type);
  for (const one of textsField(schema, "type")) types.add(one);
  for (const value of constants(schema)) types.add(typeName(value));
  for (const keyword of ["anyOf", "oneOf", "allOf"])
    for (const part of listField(schema, keyword))
      for (const one of typesOf(part, root, depth + 1)) types.add(one);
  const referred = resolveReference(schema, root);
  if (referred !== undefined) for (const one of typesOf(referred, root, depth + 1)) types.add(one);
  return types;
}

/** The schema of what is in a list, wherever it says so; undefined if it does not. */
export function itemsOf(schema: unknown, root: unknown): unknown {
  return inParts(schema, root, (part) => part["items"]);
}

/** The schema of what is at a path of keys and indexes; undefined if it does not say. */
export function schemaAt(schema: unknown, path: readonly string[]): unknown {
  let found = schema;
  for (const key of path)
    found = inParts(found, schema, (part) => field(part, "properties", key) ?? othersOf(part, key));
  return found;
}

function othersOf({ items, additionalProperties }: Foreign, key: string): unknown {
  return isObject(items) && /^\d+$/.test(key) ? items : additionalProperties;
}

/** What the schema, or else the first of those that it is made of, says. */
function inParts(schema: unknown, root: unknown, read: (part: Foreign) => unknown, depth = 0): unknown {
  if (!isObject(schema) || depth > deepest) return undefined;
  const own = read(schema);
  if (own !== undefined) return own;
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((keyword) => listField(schema, keyword));
  for (const part of [...parts, resolveReference(schema, root)]) {
    const found = inParts(part, root, read, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `"a" | "b"`, `number`, `string[]`. */
export function typeText(schema: unknown, root: unknown): string {
  if (!isObject(schema)) return "any";
  const values = constants(schema);
  if (values.length > 0) return values.map((value) => JSON.stringify(value)).join(" | ");
  const types = [...typesOf(schema, root)];
  if (types.length === 0) return "any";
  const items = itemsOf(schema, root);
  return types
    .map((type) => (type === "array" && items !== undefined ? listText(items, root) : type))
    .join(" | ");
}

/** `add(a: number, b?: number)` */
export function signature(name: string, schema: unknown): string {
  const parts = propertiesOf(schema).map(
    (property) => `${property.name}${property.required ? "" : "?"}: ${typeText(property.schema, schema)}`,
  );
  return `${name}(${parts.join(", ")})`;
}

/** All values that there are, of an enumeration, a yes-or-no, or a choice of these; empty if they cannot be listed. */
export function allowedValues(schema: unknown): readonly unknown[] {
  if (!isObject(schema)) return [];
  const listed = constants(schema);
  if (listed.length > 0) return listed;
  if (schema["type"] === "boolean") return [true, false];
  if (schema["type"] === "null") return [null];
  const parts = ["anyOf", "oneOf"].flatMap((keyword) => listField(schema, keyword)).map(allowedValues);
  return parts.some((values) => values.length === 0) ? [] : parts.flat();
}

export function typeName(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function listText(items: unknown, root: unknown): string {
  const text = typeText(items, root);
  return text.includes(" ") ? `(${text})[]` : `${text}[]`;
}

function constants(schema: Foreign): readonly unknown[] {
  return "const" in schema ? [schema["const"]] : listField(schema, "enum");
}

/** Only those inside the same schema. */
function resolveReference(schema: Foreign, root: unknown): unknown {
  const { $ref } = schema;
  if (typeof $ref !== "string" || !$ref.startsWith("#")) return undefined;
  const keys = $ref.slice(1).split("/").slice(1);
  return field(
    root,
    ...keys.map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")),
  );
}

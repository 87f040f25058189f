/** Tells JSON Schemas, which describe values, from the values themselves. */

const keywords = new Set(
  [
    ["type", "format", "title", "description", "$ref", "$defs", "$comment", "definitions", "deprecated"],
    ["readOnly", "writeOnly", "nullable", "required", "enum", "enumNames", "const", "default", "examples"],
    ["example", "anyOf", "allOf", "oneOf", "not", "if", "then", "else", "properties", "patternProperties"],
    ["additionalProperties", "propertyNames", "items", "prefixItems", "contains", "minItems", "maxItems"],
    ["uniqueItems", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum"],
    ["exclusiveMaximum", "multipleOf", "minProperties", "maxProperties", "contentEncoding"],
    ["contentMediaType"],
  ].flat(),
);

/** Keywords that hold values of what is described. */
export const heldValues: ReadonlySet<string> = new Set(["default", "const", "examples", "example"]);

/** Of the schema of an object, as tools have it for their arguments, and elicitations for what they ask. */
export function propertiesOf(value: object): object | undefined {
  if (!("type" in value && value.type === "object" && "properties" in value)) return undefined;
  return typeof value.properties === "object" && value.properties !== null ? value.properties : undefined;
}

export function isSchema(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((key) => keywords.has(key));
}

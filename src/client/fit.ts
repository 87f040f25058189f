/** Says, in words that name the argument, what keeps arguments from fitting a tool's schema. */
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { isObject } from "../terminal/foreign.ts";
import type { Arguments } from "./arguments.ts";
import { nearest } from "./nearest.ts";
import { propertiesOf, typeText } from "./schema.ts";

/** Empty if they fit, or if the schema cannot be judged: the server has the last word. */
export function misfits(args: Arguments, schema: unknown): string[] {
  if (!isObject(schema)) return [];
  const properties = propertiesOf(schema);
  const names = properties.map(({ name }) => name);
  const missing = properties
    .filter(({ name, required }) => required && !Object.hasOwn(args, name))
    .map((property) => `${property.name} is missing: ${typeText(property.schema, schema)}`);
  const strange = schema["additionalProperties"] === false ? strangers(args, names) : [];
  const others = validate(args, schema).filter(
    (text) => !/^must have required property|^must NOT have additional properties/.test(text),
  );
  return [...missing, ...strange, ...others];
}

function strangers(args: Arguments, names: readonly string[]): string[] {
  return Object.keys(args)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const meant = nearest(name, names);
      return `${name} is no argument of it${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
}

function validate(args: Arguments, schema: Readonly<Record<string, unknown>>): string[] {
  // The validator knows drafts by their address, and refuses one that it has not heard of.
  const judged = Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== "$schema"));
  try {
    const result = new AjvJsonSchemaValidator().getValidator(judged)(args);
    if (result.valid) return [];
    const problems = result.errorMessage
      .split(/, (?=data\b)/)
      .map((text) => text.replace(/^data\/?/, "").trimStart());
    return problems.filter((text) => !isSaidByFormat(text, problems)).map(withoutLongPattern);
  } catch {
    return [];
  }
}

/** Schema libraries write a format out as a pattern beside it, which nobody can read. */
function isSaidByFormat(problem: string, all: readonly string[]): boolean {
  const [, name] = /^(.*) must match pattern /.exec(problem) ?? [];
  return name !== undefined && all.some((other) => other.startsWith(`${name} must match format `));
}

function withoutLongPattern(problem: string): string {
  return problem.replace(
    / must match pattern ".{60,}"$/s,
    " does not have the form that the schema's pattern asks for",
  );
}

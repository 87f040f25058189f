/** Turns the words of a command line into the parameters of a call, after a look at what the server offers. */
import { CliError, exitCodes } from "../cli-error.ts";
import { field, isObject, listField, textField } from "../terminal/foreign.ts";
import { readArguments, readTexts } from "./arguments.ts";
import type { Connection } from "./connect.ts";
import { misfits } from "./fit.ts";
import { nearest } from "./nearest.ts";
import { all, nameOf } from "./offer.ts";
import { signature } from "./schema.ts";

type Params = Readonly<Record<string, unknown>>;

const mostNamed = 8;

/** @throws CliError for a tool that is not there, and for arguments that do not fit its schema. */
export async function prepareTool(
  connection: Connection,
  name: string,
  words: readonly string[],
  { check, program }: { readonly check: boolean; readonly program: string },
): Promise<Params> {
  const tools = await all(connection, "tools/list", "tools");
  const tool = tools.find((one) => nameOf(one) === name);
  if (tool === undefined) throw unknown("tool", name, tools.map(nameOf), program);
  const schema = tool["inputSchema"];
  const args = readArguments(words, schema);
  const problems = check ? misfits(args, schema) : [];
  if (problems.length === 0) return { name, arguments: args };
  throw new CliError(`these arguments do not fit ${name}: ${problems.join("; ")}`, {
    hint: `${signature(name, schema)}\n      ${JSON.stringify(withoutDraft(schema))}`,
    exitCode: exitCodes.usage,
  });
}

function withoutDraft(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== "$schema"));
}

/** @throws CliError for a prompt that is not there, and for missing arguments. */
export async function preparePrompt(
  connection: Connection,
  name: string,
  words: readonly string[],
  program: string,
): Promise<Params> {
  const prompts = await all(connection, "prompts/list", "prompts");
  const prompt = prompts.find((one) => nameOf(one) === name);
  if (prompt === undefined) throw unknown("prompt", name, prompts.map(nameOf), program);
  const args = readTexts(words);
  const missing = listField(prompt, "arguments")
    .filter((argument) => field(argument, "required") === true)
    .map((argument) => textField(argument, "name") ?? "")
    .filter((argument) => !Object.hasOwn(args, argument));
  if (missing.length === 0) return { name, arguments: args };
  throw new CliError(`the prompt ${name} lacks ${missing.join(", ")}`, {
    hint: `${program} --prompt ${name} ${missing.map((argument) => `${argument}=…`).join(" ")}`,
    exitCode: exitCodes.usage,
  });
}

function unknown(what: "tool" | "prompt", name: string, known: readonly string[], program: string): CliError {
  const meant = nearest(name, known);
  const some = known.slice(0, mostNamed).join(", ");
  const there =
    known.length === 0 ? `it has no ${what}s` : `it has ${some}${known.length > mostNamed ? ", …" : ""}`;
  const hint = meant === undefined ? `${there}; see ${program} --list` : `did you mean ${meant}?`;
  return new CliError(`the server has no ${what} "${name}"`, { hint, exitCode: exitCodes.usage });
}

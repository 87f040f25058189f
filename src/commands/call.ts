/** `mcp call`: calls a tool, reads a resource or gets a prompt, as one more client of the server. */
import { CliError, exitCodes } from "../cli-error.ts";
import type { Connection } from "../client/connect.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { promptText, resourceText, toolResultText, type ResultView } from "../terminal/call-result.ts";
import { declareCallFlags, readWanted, type CallFlags, type Wanted } from "./call-options.ts";
import { parseCommandLine } from "./command-line.ts";

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Call a tool of the running server, or of one that is started for the call.",
    examples: [
      [`${program} --list`, "what the server offers"],
      [`${program} add a=1 b=2`, "values are typed by the tool's schema"],
      [`${program} add '{"a": 1, "b": 2}' --json`, "the whole result, for a script"],
    ],
    declare: declareCallFlags,
  });
  if (parsed.kind === "help") return exitCodes.done;
  const flags = parsed.options as CallFlags;
  const wanted = readWanted(flags, parsed.args, program);

  const cancellation = cancelOnSignals();
  const signal = AbortSignal.any([cancellation.signal, watchOutput().signal]);
  const { openConnection } = await import("./client-connection.ts");
  let connection: Connection | undefined;
  try {
    ({ connection } = await openConnection(flags, signal));
    return await perform(connection, wanted, flags, program);
  } catch (error) {
    if (!cancellation.signal.aborted) throw await readable(error, flags);
    process.stderr.write("cancelled\n");
    return cancellation.exitCode();
  } finally {
    await connection?.close();
    cancellation.dispose();
  }
}

async function perform(
  connection: Connection,
  wanted: Wanted,
  flags: CallFlags,
  program: string,
): Promise<number> {
  const output = await import("./call-output.ts");
  const view = output.viewOf(process.stdout);
  const show = (result: unknown, text: (result: unknown, view: ResultView) => string): number => {
    if (flags.json) output.printJson(result);
    else process.stdout.write(`${text(result, view)}\n`);
    return exitCodes.done;
  };
  switch (wanted.kind) {
    case "list": {
      const { offerOf } = await import("../client/offer.ts");
      const offer = await offerOf(connection);
      if (flags.json) output.printJson(offer);
      else output.printOffer(offer);
      return exitCodes.done;
    }
    case "resource":
      return show(await connection.request("resources/read", { uri: wanted.uri }), resourceText);
    case "prompt": {
      const { preparePrompt } = await import("../client/prepare-call.ts");
      const params = await preparePrompt(connection, wanted.name, wanted.words, program);
      return show(await connection.request("prompts/get", params), promptText);
    }
    case "tool": {
      const { prepareTool } = await import("../client/prepare-call.ts");
      const params = await prepareTool(connection, wanted.name, wanted.words, {
        check: flags.check,
        program,
      });
      const result = await connection.request("tools/call", params, output.printProgress);
      if (result["isError"] !== true) return show(result, toolResultText);
      if (flags.json) output.printJson(result);
      else output.printToolError(toolResultText(result, view), wanted.name);
      return exitCodes.failed;
    }
  }
}

/** What the server answered instead of a result. */
async function readable(error: unknown, { json }: CallFlags): Promise<unknown> {
  const { McpError } = await import("@modelcontextprotocol/sdk/types.js");
  if (!(error instanceof McpError)) return error;
  const { code, data } = error;
  const message = error.message.replace(/^(?:MCP error -?\d+: )+/, "");
  if (json) {
    const { printJson } = await import("./call-output.ts");
    printJson({ error: { code, message, ...(data === undefined ? {} : { data }) } });
  }
  return new CliError(`${message} (${code})`, { cause: error });
}

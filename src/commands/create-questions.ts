/** The questions of create: for what was not given, in the order of the command's help. */
import type { Transport } from "../scaffold/catalogue.ts";
import { readDirectory } from "../scaffold/directory.ts";
import { askChoice, askText, askYesNo, isCancelledPrompt, type PromptStreams } from "../terminal/prompts.ts";

type Given = {
  readonly directory: string | undefined;
  readonly transport: Transport | undefined;
  readonly roots: boolean | undefined;
};

export async function askForRest(
  streams: PromptStreams,
  given: Given,
): Promise<{ directory: string; transport: Transport; roots: boolean } | "cancelled"> {
  try {
    const directory = given.directory ?? (await askDirectory(streams));
    const transport = given.transport ?? (await askTransport(streams));
    const roots = given.roots ?? (await askRoots(streams));
    return { directory, transport, roots };
  } catch (error) {
    if (isCancelledPrompt(error)) return "cancelled";
    throw error;
  }
}

function askDirectory(streams: PromptStreams): Promise<string> {
  return askText(streams, {
    message: "Directory of the new project",
    flag: "[directory]",
    preset: "my-mcp-server",
    problemOf: (answer) => {
      const read = readDirectory(answer, process.cwd());
      if (read.ok) return undefined;
      return read.suggestion === undefined ? read.problem : `${read.problem}; try ${read.suggestion}`;
    },
  });
}

function askTransport(streams: PromptStreams): Promise<Transport> {
  return askChoice(streams, {
    message: "What does it serve when it is started?",
    flag: "--transport",
    choices: [
      { value: "http", description: "many clients, one port (Streamable HTTP)" },
      { value: "stdio", description: "one client, which runs it as its own process" },
    ],
  });
}

function askRoots(streams: PromptStreams): Promise<boolean> {
  return askYesNo(streams, { message: "Follow the client's roots?", flag: "--no-roots", preset: true });
}

/** The questions of create: for what was not given and the template has, in the order of the command's help. */
import { CliError } from "../cli-error.ts";
import {
  templateNamed,
  templates,
  type Auth,
  type State,
  type Template,
  type TemplateOptions,
  type Transport,
} from "../scaffold/catalogue.ts";
import { readDirectory } from "../scaffold/directory.ts";
import { templateOptions, unknownToTemplate, type GivenOptions } from "../scaffold/options.ts";
import { findTarget, refuseInUse } from "../scaffold/target.ts";
import { askChoice, askText, askYesNo, isCancelledPrompt, type PromptStreams } from "../terminal/prompts.ts";

export type Given = GivenOptions & {
  readonly directory: string | undefined;
  readonly template: string | undefined;
  readonly force: boolean;
};

export type Chosen = {
  readonly directory: string;
  readonly template: Template;
  readonly made: TemplateOptions;
};

export async function askForRest(streams: PromptStreams, given: Given): Promise<Chosen | "cancelled"> {
  try {
    const directory = given.directory ?? (await askDirectory(streams, given.force));
    const template = await theTemplate(streams, given);
    return { directory, template, made: await askOptions(streams, template, given) };
  } catch (error) {
    if (isCancelledPrompt(error)) return "cancelled";
    throw error;
  }
}

async function askOptions(
  streams: PromptStreams,
  template: Template,
  given: GivenOptions,
): Promise<TemplateOptions> {
  const { has, defaults } = template;
  const transport = given.transport ?? (await askTransport(streams, defaults.transport));
  const auth = given.auth ?? (has.includes("auth") ? await askAuth(streams, defaults.auth) : undefined);
  const state = given.state ?? (has.includes("state") ? await askState(streams, defaults.state) : undefined);
  const roots = given.roots ?? (has.includes("roots") ? await askRoots(streams, defaults.roots) : undefined);
  return templateOptions(template, { transport, auth, state, roots });
}

function askDirectory(streams: PromptStreams, force: boolean): Promise<string> {
  return askText(streams, {
    message: "Directory of the new project",
    flag: "[directory]",
    preset: "my-mcp-server",
    problemOf: async (answer) => {
      const read = readDirectory(answer, process.cwd());
      if (read.ok) return targetProblem(read.path, force);
      return read.suggestion === undefined ? read.problem : `${read.problem}; try ${read.suggestion}`;
    },
  });
}

async function targetProblem(path: string, force: boolean): Promise<string | undefined> {
  try {
    await refuseInUse(await findTarget(path), force);
    return undefined;
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
}

/** Only those that have what was given. */
async function theTemplate(streams: PromptStreams, given: Given): Promise<Template> {
  if (given.template !== undefined) return templateNamed(given.template);
  const possible = templates.filter((template) => unknownToTemplate(template, given) === undefined);
  const [first = templateNamed("session"), ...others] = possible;
  if (others.length === 0) return first;
  const name = await askChoice(streams, {
    message: "Template",
    flag: "--template",
    choices: possible.map(({ name: value, summary: description }) => ({ value, description })),
    preset: first.name,
  });
  return templateNamed(name);
}

function askTransport(streams: PromptStreams, preset: Transport): Promise<Transport> {
  return askChoice(streams, {
    message: "What does it serve when it is started?",
    flag: "--transport",
    choices: [
      { value: "http", description: "many clients, one port (Streamable HTTP)" },
      { value: "stdio", description: "one client, which runs it as its own process" },
    ],
    preset,
  });
}

function askAuth(streams: PromptStreams, preset: Auth): Promise<Auth> {
  return askChoice(streams, {
    message: "How do callers prove who they are?",
    flag: "--auth",
    choices: [
      { value: "none", description: "not at all: for one machine, or behind something that asks" },
      { value: "token", description: "fixed tokens in .env, made for this project" },
      { value: "jwt", description: "signed tokens: your issuer's, or of a local key" },
      { value: "oauth", description: "sign-in in the browser, at GitHub or another issuer" },
    ],
    preset,
  });
}

function askState(streams: PromptStreams, preset: State): Promise<State> {
  return askChoice(streams, {
    message: "Where does per-session state live in production?",
    flag: "--state",
    choices: [
      { value: "memory", description: "in the process" },
      { value: "redis", description: "in Redis, for several processes or machines" },
    ],
    preset,
  });
}

function askRoots(streams: PromptStreams, preset: boolean): Promise<boolean> {
  return askYesNo(streams, { message: "Follow the client's roots?", flag: "--no-roots", preset });
}

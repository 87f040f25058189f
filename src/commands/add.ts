/** `mcp add`: writes a tool, a resource or a prompt into a project, registers it where the others are, and tests it. */
import { CliError, exitCodes } from "../cli-error.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { addedKinds, type AddedKind } from "../scaffold/added-names.ts";
import { planAddition, type AddedFile, type Addition, type AddRequest } from "../scaffold/addition.ts";
import { shellWord } from "../scaffold/invocation.ts";
import { missingPackages, type MissingPackages } from "../scaffold/missing-packages.ts";
import { addCommand, execCommand, scriptCommand, type PackageManager } from "../scaffold/package-managers.ts";
import { place, SavedMeanwhile } from "../scaffold/place.ts";
import { formatAsProject } from "../scaffold/project-format.ts";
import { readProject, type ReadProject } from "../scaffold/read-project.ts";
import { findTarget, fitInto } from "../scaffold/target.ts";
import { projectTypeScript } from "../scaffold/typescript-api.ts";
import { LeftBehind } from "../scaffold/undo.ts";
import { showAddition } from "../terminal/addition-screen.ts";
import { parseCommandLine } from "./command-line.ts";
import { keepPlaced } from "./keep-placed.ts";

type Flags = {
  description?: string;
  uri?: string;
  role?: string;
  test: boolean;
  dryRun?: true;
  json?: true;
};

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Add a tool, a resource or a prompt to this project: its file, its registration, its test.",
    examples: [
      [`${program} tool get-forecast`, "getForecast, in src/tools/get-forecast.ts"],
      [`${program} tool close-shop --role admin`, "for one role only"],
      [`${program} resource order --uri 'shop://orders/{id}'`, "a template, with the argument id"],
    ],
    declare: (command) =>
      void command
        .argument("<kind>", addedKinds.join(", "))
        .argument("<name...>", "in any spelling; the project's own is used")
        .option("--description <text>", "what clients and their models are told")
        .option("--uri <uri>", "of a resource; {name} in it makes a template")
        .option("--role <role>", "only for callers with this role")
        .option("--no-test", "without a test")
        .option("--dry-run", "show what it would write, write nothing")
        .option("--json", "print the result as one JSON value"),
  });
  if (parsed.kind === "help") return exitCodes.done;
  const flags = parsed.options as Flags;
  const request = requestOf(parsed.args, flags);
  const cancellation = cancelOnSignals();
  try {
    const added = await add(request, flags.dryRun === true, cancellation.signal);
    if (flags.json) printJson(added, request);
    else show(added, request);
    return exitCodes.done;
  } catch (error) {
    if (!cancellation.signal.aborted || error instanceof LeftBehind) throw error;
    process.stderr.write("cancelled, nothing was written\n");
    return cancellation.exitCode();
  } finally {
    cancellation.dispose();
  }
}

type Added = {
  readonly project: ReadProject;
  readonly addition: Addition;
  readonly files: readonly AddedFile[];
  readonly missing: MissingPackages;
  readonly plannedOnly: boolean;
};

/** Programs add several things at once; each plan that another one has overtaken is made anew. */
const mostAttempts = 10;

async function add(request: AddRequest, plannedOnly: boolean, signal: AbortSignal): Promise<Added> {
  for (let attempt = 1; ; attempt += 1) {
    const project = await readProject(process.cwd(), process.env["npm_config_user_agent"]);
    const loadTypeScript = (): ReturnType<typeof projectTypeScript> => projectTypeScript(project.folder);
    const addition = planAddition(loadTypeScript, project.sources, project.name, request);
    const files = await formatAsProject(project.folder, addition.files);
    const target = await refuseConflicts(project, files);
    const planned = files.map(({ path, content, before }) => ({
      ...{ path, content, secret: false },
      ...(before === undefined ? {} : { before }),
    }));
    try {
      if (!plannedOnly) await keepPlaced(await place(target, planned, [], signal));
      return { project, addition, files, missing: missingPackages(project.folder, files), plannedOnly };
    } catch (error) {
      if (!(error instanceof SavedMeanwhile) || attempt === mostAttempts) throw error;
    }
  }
}

function requestOf([kindText = "", ...words]: readonly string[], flags: Flags): AddRequest {
  const kind = addedKinds.find((known) => known === kindText || `${known}s` === kindText);
  if (kind === undefined) {
    throw new CliError(`mcp add adds no "${kindText}"`, {
      hint: `one of ${addedKinds.join(", ")}: mcp add tool get-forecast`,
      exitCode: exitCodes.usage,
    });
  }
  const { description, uri, role, test } = flags;
  if (uri !== undefined && kind !== "resource") {
    throw new CliError(`a ${kind} has no --uri`, {
      hint: "leave it out, or add a resource",
      exitCode: exitCodes.usage,
    });
  }
  if (description?.trim() === "") {
    throw new CliError("--description is empty", {
      hint: "say what it does: a model chooses by it",
      exitCode: exitCodes.usage,
    });
  }
  return { kind, name: words.join(" "), description: description?.trim(), uri, role, test };
}

/** @throws CliError where a new file is there already. */
async function refuseConflicts({ folder }: ReadProject, files: readonly AddedFile[]) {
  const target = await findTarget(folder);
  const created = files.filter(({ before }) => before === undefined).map(({ path }) => path);
  const { write } = await fitInto(
    target,
    files.map(({ path }) => path),
  );
  const present = created.filter((path) => !write.includes(path));
  if (present.length === 0) return target;
  throw new CliError(`${present.join(" and ")} ${present.length === 1 ? "is" : "are"} there already`, {
    hint: "choose another name; nothing was written",
  });
}

function show({ project, addition, files, missing, plannedOnly }: Added, request: AddRequest): void {
  const { kind, offered, registration, lacks } = addition;
  const { packageManager } = project;
  showAddition(process.stdout, {
    what: `${kind} ${offered}`,
    created: files.filter(({ before }) => before === undefined).map(({ path }) => path),
    edited: registration.file,
    lines: registration.lines,
    lacks,
    next: plannedOnly
      ? undefined
      : [
          ...installCommands(packageManager, missing),
          [callCommand(project, addition, request).map(shellWord).join(" "), tries[kind]],
          ...(request.test
            ? [[scriptCommand(packageManager, "test"), "its test passes as it is"] as const]
            : []),
        ],
  });
}

const tries: Readonly<Record<AddedKind, string>> = {
  tool: "calls it",
  resource: "reads it",
  prompt: "gets it",
};

function installCommands(
  manager: PackageManager,
  { ofServer, ofTests }: MissingPackages,
): readonly (readonly [string, string])[] {
  const needed = [
    { packages: ofServer, forTests: false, meaning: "which it imports" },
    { packages: ofTests, forTests: true, meaning: "which its test imports" },
  ];
  return needed
    .filter(({ packages }) => packages.length > 0)
    .map(({ packages, forTests, meaning }) => [addCommand(manager, packages, forTests), meaning] as const);
}

/** With the token of the role, where the project has one for it. */
function callCommand(
  { packageManager, sources }: ReadProject,
  { call }: Addition,
  { role }: AddRequest,
): readonly string[] {
  const variable = role === undefined ? undefined : `MCP_${role.toUpperCase()}_TOKEN`;
  const isThere = variable !== undefined && sources.get(".env.example")?.includes(`${variable}=`) === true;
  const header = isThere ? ["-H", `Authorization: Bearer $${variable}`] : [];
  return [...execCommand[packageManager].split(" "), "mcp", "call", ...call, ...header];
}

function printJson({ project, addition, files, missing, plannedOnly }: Added, request: AddRequest): void {
  const { kind, offered, registration, lacks } = addition;
  const missingNames = [...missing.ofServer, ...missing.ofTests];
  const value = {
    ...{ kind, name: offered, directory: project.folder },
    files: files.map(({ path, content, before }) => ({
      path,
      action: before === undefined ? "create" : "edit",
      bytes: Buffer.byteLength(content),
    })),
    registration,
    call: callCommand(project, addition, request),
    ...(missingNames.length === 0 ? {} : { missingPackages: missingNames }),
    ...(lacks === undefined ? {} : { lacks }),
    ...(plannedOnly ? { dryRun: true } : {}),
  };
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

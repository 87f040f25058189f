/** The plan of `mcp add`: which files are made, and what is inserted where, computed from the project's sources, touching nothing. */
import { CliError, exitCodes } from "../cli-error.ts";
import { describe, ownNames, promptCode, resourceCode, toolCode, type AddedCode } from "./added-code.ts";
import { namesOf, readAddedName, spellingOf, type AddedKind, type AddedNames } from "./added-names.ts";
import { plainTest, sampleCall, sessionTest } from "./added-test.ts";
import { canMakeServer, noPlace, noTest } from "./by-hand.ts";
import { offeredIn, type Offered } from "./offered-names.ts";
import { editRegistration, type EditOutcome, type Registration } from "./registration-edit.ts";
import { defaultUri, readResourceUri, type ResourceUri } from "./resource-uri.ts";
import { sessionFacts, sessionFile, usualType, type SessionFacts } from "./session-facts.ts";
import { sessionType, type SessionType } from "./session-type.ts";
import type { Ts } from "./typescript-api.ts";

export type AddRequest = {
  readonly kind: AddedKind;
  /** As it was typed. */
  readonly name: string;
  readonly description: string | undefined;
  readonly uri: string | undefined;
  readonly role: string | undefined;
  readonly test: boolean;
};

/** Relative path, forward slashes → text: what is in src/, and test/clients.ts. */
export type Sources = ReadonlyMap<string, string>;

export type AddedFile = {
  readonly path: string;
  readonly content: string;
  /** What it was before; undefined for a new file. */
  readonly before: string | undefined;
};

export type Addition = {
  readonly kind: AddedKind;
  /** What clients call it; of a resource, its address. */
  readonly offered: string;
  /** The registered file last: whoever sees it has the others. */
  readonly files: readonly AddedFile[];
  readonly registration: { readonly file: string; readonly lines: readonly string[] };
  /** The words behind `mcp call`. */
  readonly call: readonly string[];
  /** What others of its kind have and the new file has not, and why; undefined: nothing. */
  readonly lacks: string | undefined;
};

const serverFile = "src/create-server.ts";
const clientsFile = "test/clients.ts";
const statesFile = "src/session-states.ts";

/** @throws CliError for a name that is bad or taken, and where something that is needed cannot be found. */
export function planAddition(
  loadTypeScript: () => Ts,
  sources: Sources,
  projectName: string,
  request: AddRequest,
): Addition {
  const { kind } = request;
  const words = checkedWords(request);
  if (!placesOf(kind).some((file) => sources.has(file))) {
    throw noPlaceFor(sources, request, namesOf(words, kind));
  }
  const ts = loadTypeScript();
  const offers = offersOf(ts, sources);
  const known = offers.filter((offered) => offered.kind === kind).map(({ name }) => name);
  const names = namesOf(words, kind, kind === "resource" ? undefined : spellingOf(known));
  const uri = uriOf(request, names, known, projectName);
  const offered = kind === "resource" ? uri.text : names.mcp;
  refuseTaken(request, offered, names, offers);

  const folder = `${kind}s`;
  const imported = placesOf(kind)
    .map((file) => sessionType(ts, sources, file, `src/${folder}`))
    .find((found) => found !== undefined);
  const typesFile = imported === undefined ? sessionFile : imported.file;
  const session = sessionFacts(ts, sources.get(typesFile ?? ""), imported?.name);
  refuseUnknownRole(request, session, imported);
  const hasCounts = kind === "tool" && /\benter\(/.test(sources.get(statesFile) ?? "");
  const counts = hasCounts && session !== undefined;
  const registered = register(ts, sources, request, names, {
    method: kind === "resource" && uri.args.length > 0 ? "addResourceTemplate" : methods[kind],
    exported: names.exported,
    argument: (parameters) => {
      const states = counts ? parameters.get("SessionStates") : undefined;
      return states === undefined ? names.exported : `${names.exported}(${states})`;
    },
  });
  const { description, role } = request;
  const { ending } = registered.edit;
  const usual = { name: usualType, from: `../session${ending}`, file: sessionFile };
  const type = imported ?? (session === undefined ? undefined : usual);
  const code: AddedCode = { names, description, type, session, role, ending };
  const counted = counts && registered.edit.parameters.has("SessionStates");
  const content = {
    tool: () => toolCode(code, counted),
    resource: () => resourceCode(code, uri),
    prompt: () => promptCode(code),
  };
  const added = [
    [`src/${folder}/${names.file}.ts`, content[kind]()],
    ...(request.test
      ? [[`test/${folder}/${names.file}.test.ts`, testOf(ts, sources, kind, code, uri)] as const]
      : []),
  ] as const;
  const before = sources.get(registered.file) ?? "";
  const asThere = before.includes("\r\n")
    ? (text: string): string => text.replaceAll("\n", "\r\n")
    : (text: string): string => text;
  return {
    ...{ kind, offered },
    files: [
      ...added.map(([path, text]) => ({ path, content: asThere(text), before: undefined })),
      { path: registered.file, content: registered.edit.text, before },
    ],
    registration: { file: registered.file, lines: registered.edit.lines },
    call: sampleCall(kind, code, uri),
    lacks:
      type === undefined || session !== undefined
        ? undefined
        : `${whereOf(type)} exports no requireUser: the new ${kind} does not look who calls` +
          (hasCounts ? ", and its calls are not counted" : ""),
  };
}

const methods = { tool: "addTool", resource: "addResource", prompt: "addPrompt" } as const;

function checkedWords({ name, kind }: AddRequest): readonly string[] {
  const read = readAddedName(name, kind);
  if (!read.ok) {
    throw new CliError(read.problem, {
      hint: `try: mcp add ${kind} ${read.suggestion}`,
      exitCode: exitCodes.usage,
    });
  }
  const { exported } = namesOf(read.words, kind);
  if (!ownNames.includes(exported)) return read.words;
  throw new CliError(`"${exported}" is what the new file calls something else`, {
    hint: `try: mcp add ${kind} ${read.words.join("-")}-item`,
    exitCode: exitCodes.usage,
  });
}

type Offer = Offered & { readonly file: string };

function offersOf(ts: Ts, sources: Sources): readonly Offer[] {
  return [...sources].flatMap(([file, text]) => {
    if (!file.startsWith("src/") || !/\b(?:execute|load)\b/.test(text)) return [];
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    return offeredIn(ts, source).map((offered) => ({ ...offered, file }));
  });
}

function uriOf(
  { kind, uri }: AddRequest,
  names: AddedNames,
  known: readonly string[],
  projectName: string,
): ResourceUri {
  if (kind !== "resource" || uri === undefined) return defaultUri(names.mcp, known, projectName);
  const read = readResourceUri(uri);
  if (read.ok) return read.uri;
  throw new CliError(`--uri ${uri}: ${read.problem}`, {
    hint: "such as app://orders, or app://orders/{id} for one address for each order",
    exitCode: exitCodes.usage,
  });
}

function refuseTaken(
  { kind }: AddRequest,
  offered: string,
  names: AddedNames,
  offers: readonly Offer[],
): void {
  const same = offers.find((offer) => offer.kind === kind && offer.name === offered);
  if (same === undefined) return;
  throw new CliError(`the server offers a ${kind} ${offered} already, in ${same.file}`, {
    hint:
      kind === "resource" && !same.file.endsWith(`/${names.file}.ts`)
        ? "choose another name, or another address with --uri; nothing was written"
        : "choose another name, or edit that one; nothing was written",
  });
}

function refuseUnknownRole(
  { role, kind }: AddRequest,
  session: SessionFacts | undefined,
  type: SessionType | undefined,
): void {
  if (role === undefined || session?.roles.includes(role) === true) return;
  const roles = session?.roles ?? [];
  const where = type === undefined ? sessionFile : whereOf(type);
  const refused = (problem: string, hint: string): CliError =>
    new CliError(problem, { hint, exitCode: exitCodes.usage });
  if (roles.length > 0) {
    throw refused(
      `there is no role "${role}" in ${where}`,
      `there is: ${roles.join(", ")}; or add it there first`,
    );
  }
  if (session === undefined && type === undefined) {
    throw refused(`this project has no roles: none are found in ${where}`, "leave --role out");
  }
  throw refused(
    `${where} exports no ${session === undefined ? "requireUser" : "requireRole with a type Role"}, which a role is checked with`,
    `export it under that name; nothing was written, for without --role the ${kind} is for every caller`,
  );
}

/** As a person finds it. */
function whereOf({ file, from }: SessionType): string {
  return file ?? from;
}

type Registered = { readonly file: string; readonly edit: Extract<EditOutcome, { kind: "edited" }> };

/** In the list of its kind, else where the server is made. */
function register(
  ts: Ts,
  sources: Sources,
  request: AddRequest,
  names: AddedNames,
  registration: Omit<Registration, "from">,
): Registered {
  const [list, server] = placesOf(request.kind);
  const places = [
    { file: list, from: `./${names.file}` },
    { file: server, from: `./${request.kind}s/${names.file}` },
  ];
  for (const { file, from } of places) {
    const text = sources.get(file);
    if (text === undefined) continue;
    const edit = editRegistration(ts, file, text, { ...registration, from });
    switch (edit.kind) {
      case "edited":
        return { file, edit };
      case "syntaxError":
        throw new CliError(`${file} has a syntax error in line ${edit.line}`, {
          hint: "mend it, and run this again; nothing was written",
        });
      case "nameTaken":
        throw new CliError(`${file} uses the name ${registration.exported} already`, {
          hint: "choose another name; nothing was written",
        });
      case "noPlace":
    }
  }
  throw noPlaceFor(sources, request, names);
}

function placesOf(kind: AddedKind): readonly [list: string, server: string] {
  return [`src/${kind}s/index.ts`, serverFile];
}

function noPlaceFor(sources: Sources, { kind, description }: AddRequest, names: AddedNames): CliError {
  return noPlace(sources, {
    ...{ kind, looked: placesOf(kind), offered: names.mcp },
    description: describe({ names, description }),
  });
}

function testOf(ts: Ts, sources: Sources, kind: AddedKind, code: AddedCode, uri: ResourceUri): string {
  if (code.session === undefined) {
    if (canMakeServer(ts, sources.get(serverFile))) return plainTest({ kind, code, uri });
    throw noTest(`${serverFile} exports no function createServer that a test could call without arguments`);
  }
  const helpers = sources.get(clientsFile) ?? "";
  const found = ["connectInMemory", "testServer"].every((name) =>
    new RegExp(`export (?:async )?(?:function|const) ${name}\\b`).test(helpers),
  );
  if (found) return sessionTest({ kind, code, uri });
  throw noTest(`${clientsFile} with connectInMemory and testServer, which tests connect with, is not there`);
}

/** What create says: the line of what was written, the end of it for a person, and the same for a program. */
import type { GitOutcome } from "../platform/git.ts";
import type { TemplateOptions } from "../scaffold/catalogue.ts";
import { shellWord } from "../scaffold/invocation.ts";
import { scriptCommand, type PackageManager } from "../scaffold/package-managers.ts";
import { someOf } from "../scaffold/target.ts";
import { showFarewell, showPlan, type ShownFile } from "../terminal/create-screen.ts";
import { seconds } from "../terminal/steps.ts";
import { installCommandLine, KeptFailure, type Creation } from "./creation.ts";

export type Results = {
  /** Undefined where the step was left out, or not come to. */
  readonly installed: "installed" | KeptFailure | undefined;
  readonly git: GitOutcome | undefined;
  readonly verified: "passed" | KeptFailure | undefined;
};

/** What is done once the files are in their place. */
export function writtenLines(creation: Creation, count: number): readonly string[] {
  const { merge, overwrite } = creation.fit;
  return [
    writtenLine(creation, count),
    ...(merge.length === 0 ? [] : [`added to your ${merge.join(", ")}`]),
    ...(overwrite.length === 0 ? [] : [`written over: ${someOf(overwrite)}`]),
  ];
}

function writtenLine(creation: Creation, count: number): string {
  const { shownPath, name, template, options, fit, target } = creation;
  const named = target.path.endsWith(name) ? "" : ` as ${name}`;
  const kept = fit.keep.length === 0 ? "" : `; your ${someOf(fit.keep)} kept`;
  return `${shownPath}${named}: ${count} files, template ${template}: ${optionsLine(template, options)}${kept}`;
}

export function sayFarewell(creation: Creation, durationMs: number): void {
  const { manager, shownPath, options, template, told, command } = creation;
  const serves =
    options.transport === "http"
      ? "serves http://127.0.0.1:8080/mcp, reloads on every save"
      : "serves it, reloads on every save";
  showFarewell(process.stdout, {
    elapsed: seconds(durationMs),
    next: [
      ...(shownPath === "." ? [] : [[`cd ${shellWord(shownPath)}`, ""] as const]),
      ...(creation.install ? [] : [[installCommandLine(manager), ""] as const]),
      [scriptCommand(manager, "dev"), serves],
      [scriptCommand(manager, "inspect"), "in another terminal: what its sessions do"],
      [scriptCommand(manager, "test"), "speaks MCP to it"],
    ],
    notes: template === "session" ? notesFor(options, manager) : [],
    again: told === undefined ? undefined : { lead: leads[told], command },
  });
}

const leads = {
  asked: "The same without questions:",
  "not asked": "Nothing was asked. Every choice in one command, to change what you like (--help lists more):",
};

function optionsLine(template: string, { transport, auth, state, roots }: TemplateOptions): string {
  if (template !== "session") return transport;
  return `${transport}, auth ${auth}, state ${state}, ${roots ? "with" : "without"} roots`;
}

/** What a person has to know before the first client can come in. */
function notesFor({ auth, state }: TemplateOptions, manager: PackageManager): string[] {
  const signIn = {
    none: "Everybody who reaches the server may use it; web pages from elsewhere may not.",
    token:
      "Clients sign in with MCP_ADMIN_TOKEN or MCP_USER_TOKEN: both are in .env, made for this project alone.",
    jwt: `Clients sign in with a token: ${scriptCommand(manager, "token")} makes one, with a key made for this project alone.`,
    oauth: `Clients sign in at a local issuer: ${scriptCommand(manager, "issuer")} runs it. The README says how it becomes GitHub.`,
  };
  return [
    signIn[auth],
    ...(state === "redis" ? ["Sessions keep their state in Redis, at REDIS_URL of .env."] : []),
  ];
}

export function sayPlan(creation: Creation): void {
  const { install, manager, git, verify, told, command } = creation;
  const steps = [
    ...(install ? [installCommandLine(manager)] : []),
    ...(git ? ["git init, first commit"] : []),
    ...(verify ? ["type check, tests, handshake"] : []),
  ];
  showPlan(process.stdout, creation.target.path, shownFiles(creation), steps);
  if (told === "asked") process.stdout.write(`\n${leads.asked} ${command}\n`);
}

function shownFiles({ files, fit }: Creation): readonly ShownFile[] {
  const actions = ["keep", "merge", "overwrite"] as const;
  return files.map(({ path }) => ({
    path,
    action: actions.find((action) => fit[action].includes(path)) ?? "write",
  }));
}

/** Paths and sizes, no contents: the tokens stay in the files. */
export function summary(creation: Creation): Record<string, unknown> {
  const { name, template, options, manager, target, files, command } = creation;
  const actions = new Map(shownFiles(creation).map(({ path, action }) => [path, action]));
  return {
    ...{ name, directory: target.path, template, ...options, packageManager: manager, command },
    files: files.map(({ path, content }) => ({
      path,
      bytes: Buffer.byteLength(content),
      action: actions.get(path),
    })),
    install: creation.install ? { command: installCommandLine(manager) } : null,
    git: creation.git ? { command: "git init" } : null,
    verify: creation.verify,
  };
}

export function results({ installed, git, verified }: Results): Record<string, unknown> {
  const outcome = (step: string | KeptFailure | undefined): unknown =>
    step instanceof KeptFailure ? { failed: step.message } : (step ?? "skipped");
  return {
    result: {
      install: outcome(installed),
      git: git === undefined ? "skipped" : git.kind === "committed" ? "committed" : { skipped: git.reason },
      verify: outcome(verified),
    },
  };
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

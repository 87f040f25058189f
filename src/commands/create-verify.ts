/** `--verify`: what the new project's own scripts and a client say about it, each a step on the screen. */
import { CliError } from "../cli-error.ts";
import type { Meeting, MeetingPlan } from "../client/handshake.ts";
import { runProgram, Tail } from "../platform/run-program.ts";
import { scriptCommand } from "../scaffold/package-managers.ts";
import { seconds, type Step, type StepScreen } from "../terminal/steps.ts";
import { failureWithTail, goTo, type Creation, type KeptFailure } from "./creation.ts";

const tailLines = 20;

const scripts = [
  { script: "typecheck", running: "checking types", done: "types are right" },
  { script: "test", running: "running its tests", done: "tests pass" },
] as const;

/** Rejects only when aborted, once everything that was started has ended. */
export async function verify(
  creation: Creation,
  screen: StepScreen,
  signal: AbortSignal,
): Promise<"passed" | KeptFailure> {
  for (const { script, running, done } of scripts) {
    const failure = await step(screen.start(running), done, (moving) =>
      runScript(creation, script, moving, signal),
    );
    if (failure !== undefined) return failure;
  }
  const moving = screen.start("shaking hands");
  const failure = await step(moving, "", async () => handshake(creation, moving, signal));
  return failure ?? "passed";
}

async function step(
  moving: Step,
  done: string,
  run: (moving: Step) => Promise<KeptFailure | undefined>,
): Promise<KeptFailure | undefined> {
  const startedAt = performance.now();
  try {
    const failure = await run(moving);
    if (failure !== undefined) moving.failed(failure.message.split("\n")[0] ?? "");
    else if (done !== "") moving.done(`${done} (${seconds(performance.now() - startedAt)})`);
    return failure;
  } catch (error) {
    moving.clear();
    throw error;
  }
}

async function runScript(
  creation: Creation,
  script: string,
  moving: Step,
  signal: AbortSignal,
): Promise<KeptFailure | undefined> {
  const command = scriptCommand(creation.manager, script);
  const [file = command, ...args] = command.split(" ");
  const tail = new Tail(tailLines);
  const without = creation.swallowedVariables.map((name) => [name, undefined] as const);
  const end = await runProgram({
    ...{ file, args, cwd: creation.target.path, signal },
    env: { ...Object.fromEntries(without), NO_COLOR: "1", FORCE_COLOR: undefined },
    onLine: (line) => {
      moving.update(line.trim());
      tail.push(line);
    },
  });
  signal.throwIfAborted();
  if (end === "succeeded") return undefined;
  return failureWithTail(`${command} failed`, tail.lines, `see it again with: ${goTo(creation)}${command}`);
}

async function handshake(
  creation: Creation,
  moving: Step,
  signal: AbortSignal,
): Promise<KeptFailure | undefined> {
  const tail = new Tail(tailLines);
  try {
    const { meet } = await import("../client/handshake.ts");
    const { findEntry } = await import("../dev/entry.ts");
    const plan = await meetingPlan(creation, signal, (line) => tail.push(line));
    moving.done(meetingLine(await meet(findEntry(undefined, creation.target.path), plan), creation));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const place = error instanceof CliError && error.hint !== undefined ? ` (${error.hint})` : "";
    const hint = `see it again with: ${goTo(creation)}${scriptCommand(creation.manager, "dev")}`;
    return failureWithTail(`${error.message}${place}`, tail.lines, hint);
  }
}

async function meetingPlan(
  { template, options, target }: Creation,
  signal: AbortSignal,
  onOutput: (line: string) => void,
): Promise<MeetingPlan> {
  const common = { signal, onOutput };
  if (options.transport === "stdio") return { ...common, transport: "stdio" };
  const { headersFor } = await import("../client/headers.ts");
  const { variablesOf } = await import("./client-connection.ts");
  const headers = headersFor([], variablesOf(target.path), true);
  const open = template === "minimal" || options.auth === "none";
  const door = open ? "open" : options.auth === "oauth" ? "sign-in" : "key";
  return { ...common, transport: "http", headers, door };
}

function meetingLine({ offer, refused }: Meeting, { options }: Creation): string {
  const over = `over ${options.transport === "http" ? "HTTP" : "stdio"}`;
  const parts = [
    offer === undefined ? `the server answers ${over}` : `a client shakes hands ${over}: ${countText(offer)}`,
    ...(refused === true ? ["a wrong credential is refused"] : []),
  ];
  return parts.join("; ");
}

function countText({ tools, resources, prompts }: NonNullable<Meeting["offer"]>): string {
  const counts = { tool: tools.length, resource: resources.length, prompt: prompts.length };
  return Object.entries(counts)
    .flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}${count === 1 ? "" : "s"}`]))
    .join(", ");
}

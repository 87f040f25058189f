/** Sends what was recorded again, one request after the other, and compares the answers. */
import { isDeepStrictEqual } from "node:util";
import { ErrorCode, McpError, type Result } from "@modelcontextprotocol/sdk/types.js";
import { field, isObject, type Foreign } from "../terminal/foreign.ts";
import { explained, type Connection, type ConnectOptions } from "./connect.ts";
import { differences, type Difference } from "./difference.ts";
import { replayMark } from "./find-session.ts";
import { all, nameOf } from "./offer.ts";
import { paramsOf, type Message, type Recording, type Step } from "./recording.ts";
import { filledIn, neededFor } from "./redacted-values.ts";

export type Replayed = {
  readonly seq: number;
  readonly method: string;
  readonly params: Message["params"];
  readonly differences: readonly Difference[];
  readonly skipped?: string;
};

export type ReplayOptions = {
  /** Values for what was redacted, by the names of their variables. */
  readonly values: ReadonlyMap<string, string>;
  readonly ignored: readonly string[];
};

/** One after the other, as they are done. */
export async function* replay(
  connection: Connection,
  recording: Recording,
  options: ReplayOptions,
): AsyncGenerator<Replayed> {
  if (recording.welcome !== undefined) {
    const { client } = connection;
    const now = { serverInfo: client.getServerVersion(), instructions: client.getInstructions() };
    // Capabilities are not compared: those that mcp dev adds depend on how the server is run.
    const before = {
      serverInfo: field(recording.welcome, "serverInfo"),
      instructions: field(recording.welcome, "instructions"),
    };
    const found = differences({ result: before }, { result: now }, options.ignored);
    yield { seq: 0, method: "initialize", params: {}, differences: found };
  }
  const schemas = await schemasFor(connection, recording);
  for (const step of recording.steps) {
    const done = await replayStep(connection, step, schemas, options);
    if (done !== undefined) yield done;
  }
}

/** What the tools take, by their names, if there is something to be typed by it. */
async function schemasFor(connection: Connection, { steps }: Recording): Promise<Map<string, unknown>> {
  const calls = steps.filter(({ kind, sent }) => kind === "request" && sent.method === "tools/call");
  if (neededFor(calls.map(({ sent }) => ({ value: sent.params }))).size === 0) return new Map();
  const listed = await outcomeOf(connection, all(connection, "tools/list", "tools"));
  if ("error" in listed) return new Map();
  return new Map(listed.result.map((tool) => [nameOf(tool), tool["inputSchema"]]));
}

async function replayStep(
  connection: Connection,
  step: Step,
  schemas: ReadonlyMap<string, unknown>,
  { values, ignored }: ReplayOptions,
): Promise<Replayed | undefined> {
  const { id, method, params } = step.sent;
  // Shown as it was recorded: what was put in is nobody's business.
  const replayed = { seq: step.seq, method, params };
  if (step.kind === "skipped") return { ...replayed, differences: [], skipped: step.why };
  const schema = method === "tools/call" ? schemas.get(nameOf(params)) : undefined;
  const sent = filledIn(params, values, { id, typed: { under: ["arguments"], schema } });
  if (!connection.isOpen) return { ...replayed, differences: [], skipped: "the server had ended" };
  if (step.kind === "notification") {
    const now = await outcomeOf(connection, connection.notify(method, sent));
    return "error" in now ? { ...replayed, differences: [{ path: "error", now: now.error }] } : undefined;
  }
  const now = await outcomeOf(connection, connection.request(method, sent));
  return { ...replayed, differences: differences(step.answer, now, ignored) };
}

/** Where no answer comes, as of a server that ended, that is one that differs. Throws if the replay is cancelled. */
async function outcomeOf<Outcome>(
  connection: Connection,
  asked: Promise<Outcome>,
): Promise<{ readonly result: Outcome } | { readonly error: Foreign }> {
  try {
    return { result: await asked };
  } catch (thrown) {
    if (connection.isCancelled || !(thrown instanceof Error)) throw thrown;
    if (!connection.isOpen) return { error: { message: "the server ended without an answer" } };
    const message = explained(thrown, "the server").message.replace(/^MCP error -?\d+: /, "");
    if (!(thrown instanceof McpError)) return { error: { message } };
    return {
      error: { code: thrown.code, message, ...(thrown.data === undefined ? {} : { data: thrown.data }) },
    };
  }
}

/**
 * Answers the server's own requests as the client did then: those of calls that ran at the same time come in another order
 * now, so the one that asks the same is looked for first, and then the next of its method.
 * @param values as for `replay`.
 */
export function answersOf(
  { clientAnswers }: Recording,
  values: ReplayOptions["values"],
): (request: { readonly method: string; readonly params?: Foreign | undefined }) => Result {
  const left = [...clientAnswers];
  return (request) => {
    const { method } = request;
    const params = paramsOf(request);
    const ofMethod = left.filter(({ asked }) => asked.method === method);
    const found =
      ofMethod.find(({ asked }) => isDeepStrictEqual(asked.params, params)) ??
      ofMethod.find(({ asked }) => differences(asked.params, params).length === 0) ??
      ofMethod[0];
    if (found === undefined) throw new McpError(ErrorCode.MethodNotFound, `${method} was not recorded`);
    left.splice(left.indexOf(found), 1);
    const schema = found.asked.params["requestedSchema"];
    const answer = filledIn(found.answer, values, {
      id: found.asked.id,
      typed: { under: ["result", "content"], schema },
    });
    if ("result" in answer) return answer.result;
    const { code, message } = answer.error;
    throw new McpError(Number(code), String(message));
  };
}

/** Who the client was, as it said, and that this is a replay. */
export function identityOf(
  { initialize }: Recording,
  values: ReplayOptions["values"],
): Pick<ConnectOptions, "identity" | "capabilities" | "meta"> {
  const { clientInfo, capabilities } = filledIn(initialize, values);
  const name = field(clientInfo, "name");
  const version = field(clientInfo, "version");
  return {
    ...(typeof name === "string" && typeof version === "string" ? { identity: { name, version } } : {}),
    ...(isObject(capabilities) ? { capabilities } : {}),
    meta: { [replayMark]: true },
  };
}

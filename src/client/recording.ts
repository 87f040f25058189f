/** Reads back from a session log what a client asked in a session, and what it was answered. */
import { CliError, exitCodes } from "../cli-error.ts";
import { placeAt, placeOfProject } from "../log/locate.ts";
import { withElsewhere } from "../log/logged-elsewhere.ts";
import type { LogRecord } from "../log/record.ts";
import { field, isObject, textField, type Foreign } from "../terminal/foreign.ts";
import { findSession, type FoundSession } from "./find-session.ts";

export type Message = {
  /** The protocol's, of a request. */
  readonly id?: string | undefined;
  readonly method: string;
  readonly params: Foreign;
};
/** Without the envelope: `{ result }` or `{ error }`. */
export type Answer = { readonly result: Foreign } | { readonly error: Foreign };

export type Step =
  /** Sent again, and its answer compared. */
  | { readonly kind: "request"; readonly seq: number; readonly sent: Message; readonly answer: Answer }
  | { readonly kind: "notification"; readonly seq: number; readonly sent: Message }
  /** Cannot be sent again, or not be compared. */
  | { readonly kind: "skipped"; readonly seq: number; readonly sent: Message; readonly why: string };

export type ClientAnswer = { readonly asked: Message; readonly answer: Answer };

export type Recording = {
  readonly session: string;
  /** The name of the log's first file. */
  readonly log: string;
  readonly recordedAt: string;
  readonly overHttp: boolean;
  /** Parameters of `initialize`, if it was recorded. */
  readonly initialize: Foreign;
  readonly welcome: Foreign | undefined;
  readonly steps: readonly Step[];
  /** What the client answered to the server's own requests. */
  readonly clientAnswers: readonly ClientAnswer[];
};

type Exchange = LogRecord & { readonly kind: "request" | "response" | "notification" };

/** What a connection says by itself. */
const handshake = new Set(["initialize", "notifications/initialized"]);
/** Of requests that are gone, or were never there. */
const pointless = new Set(["notifications/cancelled", "notifications/progress"]);

/**
 * @param what a session's name or id, or `session/id` for one request of it.
 * @throws CliError if there is no such session.
 */
export async function readRecording(what: string, log: string | undefined, cwd: string): Promise<Recording> {
  const [, session = "", id] = /^([^/]*)(?:\/(.*))?$/s.exec(what) ?? [];
  const named = log === undefined ? placeOfProject(cwd) : placeAt(log, cwd);
  const place = named && (await withElsewhere(named));
  if (place === undefined) throw usage("this folder is in no project", "name a log: --log <file or project>");
  const found = await findSession(place, session);
  if (found === undefined)
    throw usage(`no session ${session} is recorded in ${place.name}`, "mcp inspect --sessions lists them");
  if (found.isReplay && named?.kind !== "file")
    throw usage(`session ${session} is itself a replay`, "name its log file to send it again: --log <file>");
  const recording = recordingOf(session, found);
  if (id === undefined) return recording;
  const asked = found.records.find(
    (one) => one.kind === "request" && one.dir === "c2s" && one["jsonrpc.request.id"] === id,
  );
  const steps = recording.steps.filter(({ seq }) => seq === asked?.seq);
  if (steps.length > 0) return { ...recording, welcome: undefined, steps };
  throw usage(
    `session ${session} has no request with the id ${id}`,
    `mcp inspect --session ${session} --json`,
  );
}

function recordingOf(session: string, { log, recordedAt, records }: FoundSession): Recording {
  const exchanges = records.filter(
    (record): record is Exchange =>
      record.kind === "request" || record.kind === "response" || record.kind === "notification",
  );
  const answers = new Map<string, Exchange[]>();
  for (const one of exchanges) {
    if (one.kind !== "response") continue;
    const key = `${one.dir} ${one["jsonrpc.request.id"] ?? ""}`;
    answers.set(key, [...(answers.get(key) ?? []), one]);
  }
  const answerTo = ({ dir, "jsonrpc.request.id": id }: Exchange): Exchange | undefined =>
    answers.get(`${dir === "c2s" ? "s2c" : "c2s"} ${id ?? ""}`)?.shift();

  const steps: Step[] = [];
  const clientAnswers: ClientAnswer[] = [];
  let initialize: Foreign = {};
  let welcome: Foreign | undefined;
  for (const one of exchanges) {
    if (one.kind === "response") continue;
    const id = one["jsonrpc.request.id"];
    const method = one["mcp.method.name"] ?? textField(one.body, "method") ?? "";
    const response = one.kind === "request" ? answerTo(one) : undefined;
    const answer = answerOf(response?.body);
    if (one.dir === "s2c") {
      if (answer !== undefined && one.kind === "request")
        clientAnswers.push({ asked: { id, method, params: paramsOf(one.body) }, answer });
    } else if (handshake.has(method)) {
      if (method === "initialize") initialize = paramsOf(one.body);
      if (answer !== undefined && "result" in answer) welcome = answer.result;
    } else if (!pointless.has(method)) steps.push(stepOf(one, method, response, answer));
  }
  const overHttp = records.some((record) => record.kind === "session" && record.transport !== "stdio");
  return { session, log, recordedAt, overHttp, initialize, welcome, steps, clientAnswers };
}

function stepOf(
  one: Exchange,
  method: string,
  response: Exchange | undefined,
  answer: Answer | undefined,
): Step {
  const { seq } = one;
  const sent = {
    id: one["jsonrpc.request.id"],
    method,
    params: isObject(one.body) ? paramsOf(one.body) : namedBy(one),
  };
  const skipped = (why: string): Step => ({ kind: "skipped", seq, sent, why });
  if (one.body === undefined) return skipped("it was recorded without its payload");
  if (!isObject(one.body)) return skipped("it was too long for the log");
  if (one.kind === "notification") return { kind: "notification", seq, sent };
  if (response === undefined) return skipped("it was never answered");
  const status = /^http_(\d+)$/.exec(response["error.type"] ?? "")?.[1];
  if (answer === undefined && status !== undefined) return skipped(`it was refused with HTTP ${status}`);
  if (answer === undefined)
    return skipped("its answer was too long for the log, or recorded without its payload");
  return { kind: "request", seq, sent, answer };
}

/** What is known of the parameters without the message. */
function namedBy(one: Exchange): Foreign {
  const name = one["gen_ai.tool.name"] ?? one["gen_ai.prompt.name"];
  const uri = one["mcp.resource.uri"];
  return { ...(name === undefined ? {} : { name }), ...(uri === undefined ? {} : { uri }) };
}

/** Of a message. The progress token is the connection's own. */
export function paramsOf(body: unknown): Foreign {
  const params = field(body, "params");
  if (!isObject(params)) return {};
  const { _meta: meta, ...rest } = params;
  if (!isObject(meta)) return rest;
  const kept = Object.entries(meta).filter(([key]) => key !== "progressToken");
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

function answerOf(body: unknown): Answer | undefined {
  const [result, error] = [field(body, "result"), field(body, "error")];
  if (isObject(error)) return { error };
  return isObject(result) ? { result } : undefined;
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: exitCodes.usage });
}

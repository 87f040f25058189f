/** A client that lost the stream of a call takes it up again, in the child that has the call. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { openChildStream } from "./child-stream.ts";
import { Departure, type Leaving } from "./departure.ts";
import { toClientEventId, type EventOrigin } from "./event-ids.ts";
import {
  BrokenAnswerError,
  observeEvents,
  passAnswer,
  writeHead,
  type ObserveMessage,
} from "./http-answer.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { isEventStream, passedHeaders, sessionIdHeader } from "./http-headers.ts";
import { unknownLoss, type HttpRelay } from "./http-relay.ts";
import type { HttpSession } from "./http-session.ts";
import { sendUpstream, type HttpUpstream } from "./http-upstream.ts";
import { isRequest, isResponse, serverErrorCode, type Id } from "./json-rpc.ts";
import { formatEvent } from "./sse.ts";

export type Resumption = {
  readonly session: HttpSession;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the client got last. */
  readonly last: EventOrigin;
  /** Aborted when the client hangs up. */
  readonly gone: Leaving;
};

/** A replay without an event for that long is over. */
const quietMs = 250;

export async function resumeCall(relay: HttpRelay, resumption: Resumption): Promise<void> {
  const upstream = relay.upstreamOf(resumption.last.generation);
  const lastEvent = { id: toClientEventId(resumption.last) };
  if (resumption.session.finalEvents.has(lastEvent.id)) {
    refuse(resumption.response);
    return;
  }
  try {
    if (upstream !== undefined) await replay(upstream, resumption, lastEvent);
    else {
      const isReplayed = await replayStored(relay, resumption).catch((error: unknown) => {
        if (resumption.gone.aborted) throw error;
        return false;
      });
      if (!isReplayed) await answerForChild(relay, resumption, lastEvent);
    }
  } catch (error) {
    if (!(error instanceof BrokenAnswerError) || resumption.gone.aborted) throw error;
    await answerForChild(relay, resumption, lastEvent);
  }
}

/** The client's own last event, and then what it gets. */
type LastEvent = { id: string };

async function replay(
  upstream: HttpUpstream,
  { session, request, response, last, gone }: Resumption,
  lastEvent: LastEvent,
): Promise<void> {
  const { generation } = upstream;
  const { conversation, interrupted, unattended } = session;
  // The client may have left a stream just now: it is looked for at each step.
  const takeUp = (): boolean => {
    unattended.takeUp(generation, lastEvent.id);
    return interrupted.size > 0;
  };
  takeUp();
  const id = await session.idIn(upstream, request);
  const hangUp = new Departure();
  const leave = (): void => {
    if (interrupted.size === 0) hangUp.abort();
    else unattended.add(hangUp, { generation, lastEvent: lastEvent.id });
  };
  if (gone.aborted) hangUp.abort();
  gone.addEventListener("abort", leave);
  const again = {
    method: "GET",
    path: request.url ?? upstream.endpoint,
    headers: passedHeaders(request.rawHeaders, { [sessionIdHeader]: id, "last-event-id": last.id }),
    signal: hangUp,
  };
  const observe: ObserveMessage = (message, bytes) => {
    if (!isResponse(message))
      return gone.aborted ? undefined : conversation.fromServer(message, generation, bytes);
    interrupted.delete(message.id);
    // What was answered before, and was lost on the way to the client, is no news but still the answer.
    const isNews = conversation.isAsked(message.id, generation);
    return isNews ? conversation.fromServer(message, generation, bytes) : message;
  };
  const eventId = (own: string): string =>
    (lastEvent.id = toClientEventId({ generation, stream: "call", id: own }));
  try {
    const from = await openChildStream(upstream, again, takeUp);
    takeUp();
    await passAnswer(from, response, session.id, { observe, eventId });
  } finally {
    gone.removeEventListener("abort", leave);
    unattended.delete(hangUp);
  }
}

/**
 * The child is gone, but a server's own event store may outlive it, and the next child replays what it holds.
 * @returns false if no answer is there: the client still waits.
 */
async function replayStored(relay: HttpRelay, resumption: Resumption): Promise<boolean> {
  const { session, request, response, last, gone } = resumption;
  const { conversation } = session;
  const upstream = await relay.generations.wait(gone);
  const enough = new Departure();
  const from = await sendUpstream(upstream, {
    method: "GET",
    path: request.url ?? upstream.endpoint,
    headers: passedHeaders(request.rawHeaders, {
      [sessionIdHeader]: await session.idIn(upstream, request),
      "last-event-id": last.id,
    }),
    signal: Departure.any(gone, enough),
  });
  if (from.statusCode !== 200 || !isEventStream(from)) {
    from.discard();
    return false;
  }
  const stored = await readUntilQuiet(from);
  enough.abort();
  const answers: Id[] = [];
  const events = observeEvents(stored, {
    observe: (message, bytes) => {
      // Nobody waits any more for what the child that is gone has asked.
      if (isRequest(message)) return undefined;
      if (!isResponse(message)) return conversation.fromServer(message, last.generation, bytes);
      answers.push(message.id);
      session.interrupted.delete(message.id);
      const isNews = conversation.isAsked(message.id, last.generation);
      return isNews ? conversation.fromServer(message, last.generation, bytes) : message;
    },
    eventId: (own) => toClientEventId({ generation: upstream.generation, stream: "call", id: own }),
  });
  if (events.length === 0) return false;
  writeHead(from, response, session.id);
  response.write(events);
  if (answers.length > 0) response.end();
  return answers.length > 0;
}

/** A replay comes at once, and the stream then stays open for a child that says no more on it. */
function readUntilQuiet(from: UpstreamAnswer): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    };
    const timer = setTimeout(finish, quietMs);
    const data = (chunk: Buffer): void => {
      chunks.push(chunk);
      timer.refresh();
    };
    from.read({ data, end: finish, broken: finish });
  });
}

/** The child is gone: what it left unanswered gets an error, once. */
async function answerForChild(
  relay: HttpRelay,
  { session, response, last }: Resumption,
  lastEvent: LastEvent,
): Promise<void> {
  const { conversation } = session;
  const isAsked = conversation.askedIn(last.generation).length > 0;
  const why = isAsked ? await relay.explainLoss(last.generation) : unknownLoss;
  const requests = conversation.askedIn(last.generation).filter(({ id }) => session.interrupted.delete(id));
  if (!response.headersSent && requests.length === 0) {
    refuse(response);
    return;
  }
  if (!response.headersSent) response.writeHead(200, ["Content-Type", "text/event-stream; charset=utf-8"]);
  for (const request of requests) {
    const answer = conversation.answerFor(request, why);
    response.write(formatEvent({ event: "message", data: JSON.stringify(answer) }));
  }
  response.end();
  session.finalEvents.add(lastEvent.id);
}

/**
 * No more comes. The official client takes an error for no answer and comes back for one: it is content with 405, where any
 * other status is an error to it and tried again.
 */
function refuse(response: ServerResponse): void {
  const error = { code: serverErrorCode, message: "The server process that sent this event is gone." };
  response
    .writeHead(405, ["Content-Type", "application/json; charset=utf-8", "Allow", "POST, DELETE"])
    .end(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
}

/** A client that lost the stream of a call takes it up again, in the child that has the call. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { writeEnd, type CallStream, type StreamPlace } from "./call-streams.ts";
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
import { isRequest, isResponse, serverErrorCode, type Id, type Request } from "./json-rpc.ts";

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
  const { session, last, gone } = resumption;
  const upstream = relay.upstreamOf(last.generation);
  const place: Reached = { ...(session.callStreams.find(toClientEventId(last)) ?? newPlace(resumption)) };
  try {
    if (upstream !== undefined) await replay(upstream, resumption, place);
    else {
      const isStored =
        place.stream.answersAfter(place.event).length === 0 &&
        unanswered(resumption, place).length > 0 &&
        (await replayStored(relay, resumption).catch((error: unknown) => {
          if (gone.aborted) throw error;
          return false;
        }));
      if (!isStored) await answerForChild(relay, resumption, place);
    }
  } catch (error) {
    if (!(error instanceof BrokenAnswerError) || gone.aborted) throw error;
    await answerForChild(relay, resumption, place);
  }
}

/** How far the client is, by now. */
type Reached = { readonly stream: CallStream; event: number };

/** Of a stream that the endpoint does not know any more. */
function newPlace({ session, last }: Resumption): StreamPlace {
  const stream = session.callStreams.open(undefined);
  return { stream, event: stream.passes(toClientEventId(last)) };
}

async function replay(
  upstream: HttpUpstream,
  { session, request, response, last, gone }: Resumption,
  place: Reached,
): Promise<void> {
  const { generation } = upstream;
  const { conversation, interrupted } = session;
  const { stream } = place;
  stream.takeUp();
  const id = await session.idIn(upstream, request);
  const hangUp = new Departure();
  const leave = (): void => {
    if (interrupted.size === 0) hangUp.abort();
    else stream.leave(hangUp);
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
    const answer = isNews ? conversation.fromServer(message, generation, bytes) : message;
    if (answer !== undefined && isResponse(answer)) stream.answers(answer, bytes);
    return answer;
  };
  const eventId = (own: string): string => {
    const client = toClientEventId({ generation, stream: "call", id: own });
    place.event = stream.passes(client);
    return client;
  };
  // That the client has lost the stream before may be heard only now.
  const isLeft = (): boolean => {
    stream.takeUp();
    return interrupted.size > 0;
  };
  try {
    const from = await openChildStream(upstream, again, isLeft);
    if (!gone.aborted) stream.takeUp();
    await passAnswer(from, response, session.id, { observe, eventId });
  } finally {
    gone.removeEventListener("abort", leave);
    stream.over(hangUp);
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

/** Requests of that stream that the child has not answered. */
function unanswered({ session, last }: Resumption, { stream }: StreamPlace): readonly Request[] {
  const { conversation, interrupted } = session;
  return conversation
    .askedIn(last.generation)
    .filter(({ id }) => stream.requests?.includes(id) ?? interrupted.has(id));
}

/** The child is gone: the client gets the answers that it has given, and one error for what it left unanswered. */
async function answerForChild(relay: HttpRelay, resumption: Resumption, place: StreamPlace): Promise<void> {
  const { session, response, gone } = resumption;
  const { stream, event } = place;
  const isAsked = unanswered(resumption, place).length > 0;
  const why = isAsked ? await relay.explainLoss(resumption.last.generation) : unknownLoss;
  if (gone.aborted) return;
  const requests = unanswered(resumption, place);
  for (const { id } of requests) session.interrupted.delete(id);
  const errors = requests.map((request) => session.conversation.answerFor(request, why));
  const answers = [...stream.answersAfter(event), ...errors];
  if (!response.headersSent && answers.length === 0) {
    refuseRest(response);
    return;
  }
  if (!response.headersSent) response.writeHead(200, ["Content-Type", "text/event-stream; charset=utf-8"]);
  writeEnd(response, stream, answers);
}

/**
 * No more comes. The official client takes an error for no answer and comes back for one: it is content with 405, where any
 * other status is an error to it and tried again.
 */
export function refuseRest(response: ServerResponse): void {
  const error = { code: serverErrorCode, message: "The server process that sent this event is gone." };
  response
    .writeHead(405, ["Content-Type", "application/json; charset=utf-8", "Allow", "POST, DELETE"])
    .end(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
}

/** A client that lost the stream of a call takes it up again, in the child that has the call. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { toClientEventId, type EventOrigin } from "./event-ids.ts";
import { BrokenAnswerError, passAnswer } from "./http-answer.ts";
import { passedHeaders, sessionIdHeader } from "./http-headers.ts";
import type { HttpRelay } from "./http-relay.ts";
import type { HttpSession } from "./http-session.ts";
import { sendUpstream, type HttpUpstream } from "./http-upstream.ts";
import { isResponse, serverErrorCode } from "./json-rpc.ts";
import { formatEvent } from "./sse.ts";

export type Resumption = {
  readonly session: HttpSession;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the client got last. */
  readonly last: EventOrigin;
  /** Aborted when the client hangs up. */
  readonly gone: AbortSignal;
};

/** A connection to a child breaks before the end of its process, and the reason for it, are known. */
const lossGraceMs = 1000;

export async function resumeCall(relay: HttpRelay, resumption: Resumption): Promise<void> {
  const upstream = relay.upstreamOf(resumption.last.generation);
  try {
    if (upstream !== undefined) await replay(upstream, resumption);
    else answerForChild(relay, resumption);
  } catch (error) {
    if (!(error instanceof BrokenAnswerError) || resumption.gone.aborted) throw error;
    await relay.generations.left(resumption.last.generation, lossGraceMs);
    answerForChild(relay, resumption);
  }
}

async function replay(
  upstream: HttpUpstream,
  { session, request, response, last, gone }: Resumption,
): Promise<void> {
  const { generation } = upstream;
  const { conversation } = session;
  const id = await session.idIn(upstream);
  const from = await sendUpstream(upstream, {
    method: "GET",
    path: request.url ?? upstream.endpoint,
    headers: passedHeaders(request.rawHeaders, { [sessionIdHeader]: id, "last-event-id": last.id }),
    signal: gone,
  });
  await passAnswer(from, response, session.id, {
    // What was answered before, and was lost on the way to the client, is no news but still the answer.
    observe: (message, bytes) =>
      isResponse(message) && !conversation.isAsked(message.id, generation)
        ? message
        : conversation.fromServer(message, generation, bytes),
    eventId: (own) => toClientEventId({ generation, stream: "call", id: own }),
  });
}

/** The child is gone: what it left unanswered gets an error, once. */
function answerForChild(relay: HttpRelay, { session, response, last }: Resumption): void {
  const { conversation } = session;
  const requests = conversation.askedIn(last.generation).filter(({ id }) => session.interrupted.delete(id));
  if (!response.headersSent && requests.length === 0) {
    const error = { code: serverErrorCode, message: "The server process that sent this event is gone." };
    response
      .writeHead(400, ["Content-Type", "application/json; charset=utf-8"])
      .end(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
    return;
  }
  if (!response.headersSent) response.writeHead(200, ["Content-Type", "text/event-stream; charset=utf-8"]);
  for (const request of requests) {
    const answer = conversation.answerFor(request, relay.explainLoss());
    response.write(formatEvent({ event: "message", data: JSON.stringify(answer) }));
  }
  response.end();
}

/** A POST to the MCP endpoint: opens a session, or takes the messages of one to the child that they are for. */
import { writeEnd, type CallStream } from "./call-streams.ts";
import type { Conversation } from "./conversation.ts";
import { UnavailableError } from "./generations.ts";
import { toClientEventId } from "./event-ids.ts";
import { Departure, type Leaving } from "./departure.ts";
import { answerNothing, passAnswer, passRead, type ObserveMessage, type Passing } from "./http-answer.ts";
import { RestoreRefusedError } from "./restore-refused.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { header, sessionIdHeader } from "./http-headers.ts";
import { unknownLoss, type HttpRelay } from "./http-relay.ts";
import type { HttpSession } from "./http-session.ts";
import {
  send,
  size,
  withdraws,
  WithdrawnError,
  type Post,
  type Route,
  type Sending,
  type Sent,
} from "./http-send.ts";
import { isRequest, isResponse, type Message, type Request, type Response } from "./json-rpc.ts";
import { formatEvent } from "./sse.ts";
import { UnansweredError } from "./unanswered.ts";

/** `initialize`: a session comes to be if the server gives it an id. */
export async function openSession(relay: HttpRelay, post: Post): Promise<void> {
  const { conversation, key } = relay.newConversation();
  const route = { conversation, session: undefined, generation: undefined, body: post.body };
  await exchange(
    relay,
    post,
    { ...route, relayHeaders: { [relay.headers.sessionKey]: key } },
    ({ from, upstream }) => {
      const id = from.statusCode === 200 ? header(from, sessionIdHeader) : undefined;
      if (id !== undefined) relay.addSession(id, key, upstream.generation, conversation, post.request);
    },
  );
  const session = relay.sessionOf(key);
  if (session !== undefined && conversation.established.initialize !== undefined) relay.opened(session);
  else relay.abandon(key, conversation);
}

/** Messages of a session that the relay knows or, without one, of a server that has no sessions. */
export async function passMessages(
  relay: HttpRelay,
  post: Post,
  session: HttpSession | undefined,
): Promise<void> {
  const conversation = session?.conversation ?? relay.sessionless();
  if (session !== undefined && withdraws(session, post)) {
    post.response.writeHead(202).end();
    return;
  }
  const [generation, body] = direct(conversation, post);
  if (
    generation !== undefined &&
    relay.upstreamOf(generation) === undefined &&
    !post.messages.some(isRequest)
  ) {
    // Meant for a child that is gone; another one may have a request of the same id.
    post.response.writeHead(202).end();
    return;
  }
  if (session !== undefined && post.messages.some(isRequest)) relay.asks(session);
  session?.entered();
  try {
    await exchange(relay, post, { conversation, session, generation, body, relayHeaders: {} }, ({ from }) => {
      if (from.statusCode < 300) {
        session?.remember(post.request);
        if (post.messages.some(isInitialized)) session?.expectStream();
      }
      // The server ended the session by itself (MCP, basic/transports: 404 means that it is over).
      else if (from.statusCode === 404 && session) relay.ended(session, "ended by the server");
    });
  } finally {
    session?.left();
  }
}

/** Records what the client sends and finds out which child it is for. Requests are recorded when they are sent. */
function direct(
  conversation: Conversation,
  post: Post,
): readonly [generation: number | undefined, body: Buffer] {
  const directed = post.messages.map((message) =>
    isRequest(message) ? { generation: undefined, message } : conversation.fromClient(message, size(post)),
  );
  const messages = directed.map(({ message }) => message);
  const generation = directed.find((one) => one.generation !== undefined)?.generation;
  if (messages.every((message, index) => message === post.messages[index])) return [generation, post.body];
  return [generation, Buffer.from(JSON.stringify(messages.length === 1 ? messages[0] : messages))];
}

async function exchange(
  relay: HttpRelay,
  post: Post,
  route: Route,
  onHead: (sent: Sent) => void,
): Promise<void> {
  const requests = post.messages.filter(isRequest);
  const { conversation } = route;
  const sending: Sending = { told: false, generation: 0, hangUp: new Departure() };
  /** Where events have ids: the client may come back for the rest. */
  let stream: CallStream | undefined;
  if (post.gone.aborted) sending.hangUp.abort();
  post.gone.addEventListener("abort", () => {
    if (stream === undefined) sending.hangUp.abort();
    else leaveUnattended(route, requests, sending, stream);
  });
  try {
    const sent = await send(relay, post, route, requests, sending);
    onHead(sent);
    const { generation } = sent.upstream;
    const { session } = route;
    const eventId = (own: string): string => {
      const id = toClientEventId({ generation, stream: "call", id: own });
      stream ??= session?.callStreams.open(requests.map((request) => request.id));
      stream?.passes(id);
      return id;
    };
    await answer(route, post, requests, sent, {
      observe: observeFor(route, generation, post.gone, () => stream),
      eventId: session && eventId,
    });
  } catch (error) {
    if (error instanceof RestoreRefusedError)
      refuse(conversation, post, requests, error.response, error.body);
    else if (error instanceof WithdrawnError) answerNothing(post.response);
    else {
      const why = post.gone.aborted ? unknownLoss : await explain(relay, error, sending);
      const open = sending.told ? requests.filter(({ id }) => conversation.isOpen(id)) : requests;
      if (open.length < requests.length && open.length === 0) answerNothing(post.response);
      else answerForChild(conversation, post, open, why, stream);
    }
  } finally {
    stream?.over(sending.hangUp);
    const interrupted = stream === undefined ? undefined : route.session?.interrupted;
    for (const request of requests) {
      const { id } = request;
      if (interrupted !== undefined && conversation.isAsked(id, sending.generation)) interrupted.add(id);
      else if (post.gone.aborted) conversation.abandoned(request);
      else conversation.forget(id);
    }
  }
}

/** The client has lost the stream of its requests, and may come back for the rest. */
function leaveUnattended(
  { session, conversation }: Route,
  requests: readonly Request[],
  { generation, hangUp }: Sending,
  stream: CallStream,
): void {
  const open = requests.filter(({ id }) => conversation.isAsked(id, generation));
  for (const { id } of open) session?.interrupted.add(id);
  if (open.length === 0) hangUp.abort();
  else stream.leave(hangUp);
}

async function answer(
  { conversation, session }: Route,
  post: Post,
  requests: readonly Request[],
  { from }: Sent,
  passing: Passing,
): Promise<void> {
  if (from.statusCode >= 300 && requests.length > 0)
    refuse(conversation, post, requests, from, await from.body());
  else await passAnswer(from, post.response, session?.id, passing);
}

/** Of what comes after the client has lost the stream only the answer is news: it comes again if the client does. */
function observeFor(
  { conversation, session }: Route,
  generation: number,
  gone: Leaving,
  stream: () => CallStream | undefined,
): ObserveMessage {
  return (message, bytes) => {
    if (gone.aborted && !isResponse(message)) return undefined;
    if (gone.aborted && isResponse(message)) session?.interrupted.delete(message.id);
    const passed = conversation.fromServer(message, generation, bytes);
    if (passed !== undefined && isResponse(passed)) stream()?.answers(passed, bytes);
    return passed;
  };
}

/** The server answered an HTTP error: so does the endpoint, to the letter. */
function refuse(
  conversation: Conversation,
  post: Post,
  requests: readonly Request[],
  from: UpstreamAnswer,
  body: Buffer,
): void {
  const status = from.statusCode;
  for (const request of requests) conversation.refused(request, status, body.toString());
  passRead(from, body, post.response);
}

/** No child answers any more: each request gets one error, in the form that the response has by now. */
function answerForChild(
  conversation: Conversation,
  post: Post,
  requests: readonly Request[],
  why: string,
  stream: CallStream | undefined,
): void {
  const { response } = post;
  if (post.gone.aborted) return;
  const answers: readonly Response[] = requests.map((request) => conversation.answerFor(request, why));
  if (stream !== undefined) writeEnd(response, stream, answers);
  else if (response.headersSent) {
    for (const message of answers)
      response.write(formatEvent({ event: "message", data: JSON.stringify(message) }));
    response.end();
  } else if (answers.length === 0) {
    response.writeHead(503, ["Content-Type", "text/plain; charset=utf-8"]).end(`${why}\n`);
  } else {
    const body = JSON.stringify(answers.length === 1 ? answers[0] : answers);
    response.writeHead(200, ["Content-Type", "application/json; charset=utf-8"]).end(body);
  }
}

async function explain(relay: HttpRelay, error: unknown, sending: Sending): Promise<string> {
  if (error instanceof UnavailableError || error instanceof UnansweredError) return error.message;
  return sending.told ? relay.explainLoss(sending.generation) : unknownLoss;
}

function isInitialized(message: Message): boolean {
  return "method" in message && message.method === "notifications/initialized";
}

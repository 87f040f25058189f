/** A POST to the MCP endpoint: opens a session, or takes the messages of one to the child that they are for. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Conversation } from "./conversation.ts";
import { cancelledRequest } from "./established.ts";
import { UnavailableError } from "./generations.ts";
import { toClientEventId } from "./event-ids.ts";
import { passAnswer, type Passing } from "./http-answer.ts";
import { header, passedHeaders, sessionIdHeader } from "./http-headers.ts";
import type { HttpRelay } from "./http-relay.ts";
import { RestoreRefusedError, type HttpSession } from "./http-session.ts";
import { readBody, sendUpstream, wasNeverReceived, type HttpUpstream } from "./http-upstream.ts";
import { isNotification, isRequest, type Message, type Request, type Response } from "./json-rpc.ts";
import { formatEvent } from "./sse.ts";

export type Post = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly messages: readonly Message[];
  /** Aborted when the client hangs up. */
  readonly gone: AbortSignal;
};

/** Where a POST goes: a session's child, or any child for a server without sessions. */
type Route = {
  readonly conversation: Conversation;
  readonly session: HttpSession | undefined;
  /** The only child that can use it; `undefined`: the current one. */
  readonly generation: number | undefined;
  readonly body: Buffer;
  readonly relayHeaders: Readonly<Record<string, string>>;
};

/** A connection to a child breaks before the end of its process, and the reason for it, are known. */
const lossGraceMs = 1000;

class WithdrawnError extends Error {
  override readonly name = "WithdrawnError";
}

type Sent = { readonly upstream: HttpUpstream; readonly from: IncomingMessage };

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
  await exchange(relay, post, { conversation, session, generation, body, relayHeaders: {} }, ({ from }) => {
    if ((from.statusCode ?? 500) < 300) {
      session?.remember(post.request);
      if (post.messages.some(isInitialized)) session?.expectStream();
    }
    // The server ended the session by itself (MCP, basic/transports: 404 means that it is over).
    else if (from.statusCode === 404 && session) relay.ended(session, "ended by the server");
  });
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
  let generation = 0;
  /** Whether the client has the id of an event, and may come back for the rest. */
  const events = { haveIds: false };
  try {
    const sent = await send(relay, post, route, requests);
    generation = sent.upstream.generation;
    onHead(sent);
    const eventId = (id: string): string => {
      events.haveIds = true;
      return toClientEventId({ generation, stream: "call", id });
    };
    await answer(route, post, requests, sent, route.session === undefined ? undefined : eventId);
  } catch (error) {
    if (error instanceof RestoreRefusedError)
      refuse(conversation, post, requests, error.response, error.body);
    // Nothing is the answer to a request that its client has withdrawn.
    else if (error instanceof WithdrawnError)
      post.response.writeHead(200, ["Content-Type", "text/event-stream"]).end();
    else {
      if (!post.gone.aborted) await relay.generations.left(generation, lossGraceMs);
      answerForChild(conversation, post, requests, generation, explain(relay, error));
    }
  } finally {
    const interrupted = events.haveIds ? route.session?.interrupted : undefined;
    for (const { id } of requests) {
      if (interrupted !== undefined && conversation.isAsked(id, generation)) interrupted.add(id);
      else conversation.forget(id);
    }
  }
}

async function send(relay: HttpRelay, post: Post, route: Route, requests: readonly Request[]): Promise<Sent> {
  const { session, conversation } = route;
  let recorded = false;
  for (;;) {
    const upstream =
      relay.upstreamOf(route.generation) ??
      relay.generations.current ??
      (await waitForChild(relay, post, session, requests));
    // Held from here on: a child that restores a session must not be ended under it.
    const release = relay.generations.lease(upstream.generation);
    let sent = false;
    try {
      const id = await session?.idIn(upstream);
      if (requests.length > 0) await session?.hears(upstream);
      for (const request of requests) {
        if (recorded) conversation.askedInstead(request, upstream.generation);
        else conversation.asked(request, upstream.generation, size(post));
      }
      if (!recorded && route.generation === undefined) {
        for (const message of post.messages.filter(isNotification))
          conversation.noted(message, upstream.generation, size(post));
      }
      recorded = true;
      sent = true;
      const from = await sendUpstream(upstream, {
        method: "POST",
        path: post.request.url ?? upstream.endpoint,
        headers: passedHeaders(post.request.rawHeaders, {
          ...route.relayHeaders,
          ...(id === undefined ? {} : { [sessionIdHeader]: id }),
        }),
        body: route.body,
        signal: post.gone,
      });
      return { upstream, from };
    } catch (error) {
      if (post.gone.aborted || error instanceof RestoreRefusedError) throw error;
      await relay.generations.left(upstream.generation, lossGraceMs);
      const replaced = relay.generations.current?.generation !== upstream.generation;
      const noneElse = !replaced || route.generation === upstream.generation;
      if (noneElse || (sent && !wasNeverReceived(error))) throw error;
    } finally {
      release();
    }
  }
}

/** @throws WithdrawnError when the client withdraws the request meanwhile. */
async function waitForChild(
  relay: HttpRelay,
  post: Post,
  session: HttpSession | undefined,
  [request, another]: readonly Request[],
): Promise<HttpUpstream> {
  if (session === undefined || request === undefined || another !== undefined)
    return relay.generations.wait(post.gone);
  const withdrawn = new AbortController();
  session.waiting.set(request.id, () => withdrawn.abort());
  try {
    return await relay.generations.wait(AbortSignal.any([post.gone, withdrawn.signal]));
  } catch (error) {
    throw withdrawn.signal.aborted ? new WithdrawnError("the client withdrew the request") : error;
  } finally {
    session.waiting.delete(request.id);
  }
}

/** Whether the client cancels a request that no child has got yet. */
function withdraws(session: HttpSession, { messages }: Post): boolean {
  const [message, another] = messages;
  const id = message === undefined || another !== undefined ? undefined : cancelledRequest(message);
  const withdraw = id === undefined ? undefined : session.waiting.get(id);
  withdraw?.();
  return withdraw !== undefined;
}

async function answer(
  { conversation, session }: Route,
  post: Post,
  requests: readonly Request[],
  { from, upstream }: Sent,
  eventId: Passing["eventId"],
): Promise<void> {
  if ((from.statusCode ?? 500) >= 300 && requests.length > 0) {
    refuse(conversation, post, requests, from, await readBody(from));
    return;
  }
  await passAnswer(from, post.response, session?.id, {
    observe: (message, bytes) => conversation.fromServer(message, upstream.generation, bytes),
    eventId,
  });
}

/** The server answered an HTTP error: so does the endpoint, to the letter. */
function refuse(
  conversation: Conversation,
  post: Post,
  requests: readonly Request[],
  from: IncomingMessage,
  body: Buffer,
): void {
  const status = from.statusCode ?? 502;
  for (const request of requests) conversation.refused(request, status, body.toString());
  post.response.writeHead(status, from.statusMessage ?? "", [
    ...passedHeaders(from.rawHeaders),
    ...(from.headers["content-length"] === undefined ? [] : ["Content-Length", String(body.byteLength)]),
  ]);
  post.response.end(body);
}

/** No child answers any more: each request gets one error, in the form that the response has by now. */
function answerForChild(
  conversation: Conversation,
  post: Post,
  requests: readonly Request[],
  generation: number,
  why: string,
): void {
  const { response } = post;
  if (post.gone.aborted) return;
  const left = response.headersSent
    ? requests.filter(({ id }) => conversation.isAsked(id, generation))
    : requests;
  const answers: readonly Response[] = left.map((request) => conversation.answerFor(request, why));
  if (response.headersSent) {
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

function explain(relay: HttpRelay, error: unknown): string {
  return error instanceof UnavailableError ? error.message : relay.explainLoss();
}

function isInitialized(message: Message): boolean {
  return "method" in message && message.method === "notifications/initialized";
}

/** Bytes of one message; a batch is not cut into its messages' sizes. */
function size(post: Post): number {
  return post.messages.length === 1 ? post.body.byteLength : 0;
}

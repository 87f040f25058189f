/** Takes a POST to the child that it is for: waits for one, restores the session there, tries the next one. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Conversation } from "./conversation.ts";
import { Departure, type Leaving } from "./departure.ts";
import { cancelledRequest } from "./established.ts";
import { RestoreRefusedError } from "./restore-refused.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { lossGraceMs } from "./generations.ts";
import { passedHeaders } from "./http-headers.ts";
import type { HttpRelay } from "./http-relay.ts";
import type { HttpSession } from "./http-session.ts";
import { sendUpstream, wasClosed, wasNeverReceived, type HttpUpstream } from "./http-upstream.ts";
import { isNotification, type Message, type Request } from "./json-rpc.ts";
import { UnansweredError } from "./unanswered.ts";

export type Post = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly messages: readonly Message[];
  /** Aborted when the client hangs up. */
  readonly gone: Leaving;
};

/** Where a POST goes: a session's child, or any child for a server without sessions. */
export type Route = {
  readonly conversation: Conversation;
  readonly session: HttpSession | undefined;
  /** The only child that can use it; `undefined`: the current one. */
  readonly generation: number | undefined;
  readonly body: Buffer;
  readonly relayHeaders: Readonly<Record<string, string>>;
};

/**
 * What has become of a POST's requests: `told`, if a child got them or was about to; the last was that of `generation`.
 * `hangUp` ends its answer.
 */
export type Sending = { told: boolean; generation: number; readonly hangUp: Departure };
export type Sent = { readonly upstream: HttpUpstream; readonly from: UpstreamAnswer };

export class WithdrawnError extends Error {
  override readonly name = "WithdrawnError";
}

/** @throws WithdrawnError when the client withdraws the request before a child has got it. */
export async function send(
  relay: HttpRelay,
  post: Post,
  route: Route,
  requests: readonly Request[],
  sending: Sending,
): Promise<Sent> {
  const { session, conversation } = route;
  const withdrawn = new Departure();
  const [first, another] = requests;
  // What came together is not withdrawn piece by piece.
  const waiting = another === undefined ? first?.id : undefined;
  if (waiting !== undefined) session?.waiting.set(waiting, () => withdrawn.abort());
  const isWithdrawn = (): boolean =>
    withdrawn.aborted ||
    (sending.told && requests.length > 0 && !requests.some(({ id }) => conversation.isOpen(id)));
  try {
    for (;;) {
      const upstream =
        relay.upstreamOf(route.generation) ??
        relay.generations.current ??
        (await relay.generations.wait(Departure.any(post.gone, withdrawn)));
      // Held from here on: a child that restores a session must not be ended under it.
      const release = relay.generations.lease(upstream.generation);
      let sent = false;
      try {
        const asks = requests.length > 0;
        let id = session?.readyIn(upstream, asks);
        if (session !== undefined && id === undefined) {
          const entered = session.enter(upstream, post.request, asks);
          id = await (route.generation === undefined
            ? whileServing(relay, upstream, [post.gone, withdrawn], entered)
            : entered);
        }
        if (isWithdrawn()) throw new WithdrawnError("the client withdrew the request");
        // Is written before it returns; all else can be done while the child works.
        const { rawHeaders, url = upstream.endpoint } = post.request;
        const answering = sendUpstream(upstream, {
          method: "POST",
          path: url,
          headers:
            session === undefined || id === undefined
              ? passedHeaders(rawHeaders, route.relayHeaders)
              : session.sameHeaders.linesOf(rawHeaders, id),
          body: route.body,
          signal: sending.hangUp,
        });
        tell(conversation, post, requests, route, upstream, sending);
        if (waiting !== undefined) session?.waiting.delete(waiting);
        // A request is in flight until it is answered or given up; whether the child has begun its answer is no matter.
        if (requests.length > 0) release();
        sent = true;
        return { upstream, from: await answering };
      } catch (error) {
        if (post.gone.aborted || isWithdrawn() || error instanceof RestoreRefusedError) throw error;
        await relay.generations.left(upstream.generation, lossGraceMs);
        const replaced = relay.generations.current?.generation !== upstream.generation;
        if (sent && !replaced && wasClosed(error))
          throw new UnansweredError(route.body.byteLength, { cause: error });
        const noneElse = !replaced || route.generation === upstream.generation;
        if (noneElse || (sent && !wasNeverReceived(error))) throw error;
      } finally {
        release();
      }
    }
  } catch (error) {
    throw isWithdrawn() ? new WithdrawnError("the client withdrew the request", { cause: error }) : error;
  } finally {
    if (waiting !== undefined) session?.waiting.delete(waiting);
  }
}

/** What `work` comes to; rejects as soon as that child serves no more, or somebody leaves. Until then nothing was sent. */
function whileServing<T>(
  { generations }: HttpRelay,
  { generation }: HttpUpstream,
  leaving: readonly Leaving[],
  work: Promise<T>,
): Promise<T> {
  let forget = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error("nobody waits for that child any more"));
    if (generations.current?.generation !== generation || leaving.some(({ aborted }) => aborted)) stop();
    const forgetLeft = generations.onLeft(generation, stop);
    for (const one of leaving) one.addEventListener("abort", stop);
    forget = () => {
      forgetLeft();
      for (const one of leaving) one.removeEventListener("abort", stop);
    };
  });
  return Promise.race([work, stopped]).finally(forget);
}

/** Records what goes to that child now; once, however many children it is tried with. */
function tell(
  conversation: Conversation,
  post: Post,
  requests: readonly Request[],
  route: Route,
  { generation }: HttpUpstream,
  sending: Sending,
): void {
  for (const request of requests) {
    if (sending.told) conversation.askedInstead(request, generation);
    else conversation.asked(request, generation, size(post));
  }
  if (!sending.told && route.generation === undefined) {
    for (const message of post.messages.filter(isNotification))
      conversation.noted(message, generation, size(post));
  }
  sending.told = true;
  sending.generation = generation;
}

/** Whether the client cancels a request that no child has got yet. */
export function withdraws(session: HttpSession, { messages }: Post): boolean {
  const [message, another] = messages;
  const id = message === undefined || another !== undefined ? undefined : cancelledRequest(message);
  const withdraw = id === undefined ? undefined : session.waiting.get(id);
  withdraw?.();
  return withdraw !== undefined;
}

/** Bytes of one message; a batch is not cut into its messages' sizes. */
export function size(post: Post): number {
  return post.messages.length === 1 ? post.body.byteLength : 0;
}

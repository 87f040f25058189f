/** Opens an event stream of a session in a child, which may not know yet that the client has left the one before. */
import { setTimeout } from "node:timers/promises";
import type { UpstreamRequest } from "./http-connection.ts";
import { sendUpstream, type HttpUpstream } from "./http-upstream.ts";
import type { UpstreamAnswer } from "./upstream-answer.ts";

/** A turn of a child's event loop, or of a busy one's, milliseconds. */
const pausesMs = [2, 10, 50];

/**
 * Resolves with the head of the answer. A client that breaks a stream off and comes back at once is refused (409) by a
 * child that hears of the break only afterwards: where the endpoint knows by `isLeft` that the client has left every other
 * stream, it asks again. Rejects when the child cannot be reached or goes away before, or the signal is aborted.
 */
export async function openChildStream(
  upstream: HttpUpstream,
  request: UpstreamRequest,
  isLeft: () => boolean,
): Promise<UpstreamAnswer> {
  for (const pauseMs of pausesMs) {
    const from = await sendUpstream(upstream, request);
    if (from.statusCode !== 409 || !isLeft()) return from;
    from.discard();
    await setTimeout(pauseMs);
  }
  return sendUpstream(upstream, request);
}

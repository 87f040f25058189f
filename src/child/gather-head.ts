/** Sends the head of an answer together with what follows it soon: a write of its own costs more than a small answer. */
import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers";

/**
 * An answer to a call mostly follows its head within a millisecond. The streams that clients keep open say nothing for
 * long, and a session that is restored waits for their heads.
 */
const delayMs = 5;

/** A head that is flushed waits a moment. What is written by then takes it along. */
export function gatherHead(response: ServerResponse): void {
  const flush = response.flushHeaders.bind(response);
  const flushLater = (): void => {
    if (!isHeadSent(response)) flush();
  };
  response.flushHeaders = () => {
    // As Node's own: from here on the head is what it is.
    if (!response.headersSent) response.writeHead(response.statusCode);
    if (response.req.method === "POST") setTimeout(flushLater, delayMs).unref();
    else setImmediate(flushLater);
  };
}

/** Node says it nowhere else. To flush what is sent would do no harm, and cost a write. */
function isHeadSent(response: ServerResponse): boolean {
  return Reflect.get(response, "_headerSent") === true;
}

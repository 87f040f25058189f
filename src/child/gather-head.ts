/** Sends the head of an answer together with what follows it at once: a write of its own costs more than a small answer. */
import type { ServerResponse } from "node:http";

/** A head that is flushed waits for the end of this turn of the event loop. What is written by then takes it along. */
export function gatherHead(response: ServerResponse): void {
  const flush = response.flushHeaders.bind(response);
  response.flushHeaders = () => {
    // As Node's own: from here on the head is what it is.
    if (!response.headersSent) response.writeHead(response.statusCode);
    setImmediate(() => {
      if (!isHeadSent(response)) flush();
    });
  };
}

/** Node says it nowhere else. To flush what is sent would do no harm, and cost a write. */
function isHeadSent(response: ServerResponse): boolean {
  return Reflect.get(response, "_headerSent") === true;
}

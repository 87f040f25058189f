/** Passes a child's HTTP answer to the client, message by message where it has messages. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isEventStream, isJson, passedHeaders, sessionIdHeader } from "./http-headers.ts";
import { readBody } from "./http-upstream.ts";
import { isResponse, parseMessages, type Id, type Message, type Response } from "./json-rpc.ts";
import { EventSplitter, formatEvent, type ServerSentEvent } from "./sse.ts";

/** What the client gets of a message; `undefined`: nothing. The same object: as it came. */
export type ObserveMessage = (message: Message, bytes: number) => Message | undefined;

/** The child's connection broke before its answer was complete. */
export class BrokenAnswerError extends Error {
  override readonly name = "BrokenAnswerError";
}

/**
 * Writes head and body. Resolves when the answer is complete.
 * @param sessionId the id that the client knows, in place of the child's; `undefined` leaves the header as it is.
 * @throws BrokenAnswerError when the child goes away meanwhile; the response is then open, its head perhaps sent.
 */
export async function passAnswer(
  from: IncomingMessage,
  to: ServerResponse,
  sessionId: string | undefined,
  observe: ObserveMessage,
): Promise<void> {
  const length = from.headers["content-length"];
  if (to.req.method === "HEAD" || from.statusCode === 204 || from.statusCode === 304) {
    writeHead(from, to, sessionId, length === undefined ? [] : ["Content-Length", length]);
    from.resume();
    to.end();
    return;
  }
  const whole = length !== undefined;
  if (isJson(from) || (isEventStream(from) && whole)) {
    const body = await readWhole(from);
    const observed = isJson(from) ? observeJson(body, observe) : observeEvents(body, observe);
    writeHead(from, to, sessionId, ["Content-Length", String(observed.byteLength)]);
    to.end(observed);
    return;
  }
  writeHead(from, to, sessionId);
  if (isEventStream(from)) {
    to.flushHeaders();
    await passEvents(from, (text) => to.write(text), observe);
  } else {
    for await (const chunk of from) to.write(chunk as Buffer);
  }
  to.end();
}

export function writeHead(
  from: IncomingMessage,
  to: ServerResponse,
  sessionId: string | undefined,
  more: readonly string[] = [],
): void {
  const replaced =
    sessionId === undefined || from.headers[sessionIdHeader] === undefined
      ? {}
      : { [sessionIdHeader]: sessionId };
  to.writeHead(from.statusCode ?? 502, from.statusMessage ?? "", [
    ...passedHeaders(from.rawHeaders, replaced),
    ...more,
  ]);
}

/** Passes each event as it comes; resolves at the end of the stream. */
export function passEvents(
  from: IncomingMessage,
  write: (text: string) => void,
  observe: ObserveMessage,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const splitter = new EventSplitter((event) => {
      const text = observedEvent(event, observe);
      if (text !== undefined) write(text);
    });
    from.on("data", (chunk: Buffer) => splitter.push(chunk));
    from.once("end", resolve);
    from.once("error", (error) =>
      reject(new BrokenAnswerError("the child's answer broke off", { cause: error })),
    );
    from.once("close", () => {
      if (!from.complete) reject(new BrokenAnswerError("the child's answer broke off"));
    });
  });
}

/**
 * The answer to a request of our own.
 * @throws Error if the child answers something else or goes away.
 */
export async function readReply(from: IncomingMessage, id: Id): Promise<Response> {
  const replies: Response[] = [];
  const take = (message: Message): undefined => {
    if (isResponse(message) && message.id === id) replies.push(message);
  };
  if (isEventStream(from)) await passEvents(from, () => undefined, take);
  else observeJson(await readBody(from), take);
  const [reply] = replies;
  if (reply === undefined) throw new Error(`the server answered HTTP ${from.statusCode ?? 0}`);
  return reply;
}

async function readWhole(from: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(from);
  } catch (error) {
    throw new BrokenAnswerError("the child's answer broke off", { cause: error });
  }
}

function observeJson(body: Buffer, observe: ObserveMessage): Buffer {
  const messages = parseMessages(body.toString());
  if (messages === undefined) return body;
  const observed = messages.map((message) => observe(message, messages.length === 1 ? body.byteLength : 0));
  if (observed.every((message, index) => message === messages[index])) return body;
  const kept = observed.filter((message) => message !== undefined);
  return Buffer.from(JSON.stringify(messages.length === 1 ? kept[0] : kept));
}

function observeEvents(body: Buffer, observe: ObserveMessage): Buffer {
  const texts: string[] = [];
  const splitter = new EventSplitter((event) => {
    const text = observedEvent(event, observe);
    if (text !== undefined) texts.push(text);
  });
  splitter.push(body);
  return Buffer.from(texts.join(""));
}

/** The event's text for the client, as it came unless a message in it changed. */
function observedEvent(event: ServerSentEvent, observe: ObserveMessage): string | undefined {
  const messages = event.event === "message" && event.data !== "" ? parseMessages(event.data) : undefined;
  if (messages === undefined) return `${event.text}\n\n`;
  const bytes = messages.length === 1 ? Buffer.byteLength(event.data) : 0;
  const observed = messages.map((message) => observe(message, bytes));
  if (observed.every((message, index) => message === messages[index])) return `${event.text}\n\n`;
  const kept = observed.filter((message) => message !== undefined);
  if (kept.length === 0) return undefined;
  const data = JSON.stringify(messages.length === 1 ? kept[0] : kept);
  return formatEvent({ event: "message", data, ...(event.id === undefined ? {} : { id: event.id }) });
}

/** Passes a child's HTTP answer to the client, message by message where it has messages. */
import type { ServerResponse } from "node:http";
import type { UpstreamAnswer } from "./upstream-answer.ts";
import { isEventStream, isJson, passedHeaders, sessionIdHeader } from "./http-headers.ts";
import { isResponse, parseMessages, type Id, type Message, type Response } from "./json-rpc.ts";
import { EventSplitter, formatEvent, type ServerSentEvent } from "./sse.ts";

/** What the client gets of a message; `undefined`: nothing. The same object: as it came. */
export type ObserveMessage = (message: Message, bytes: number) => Message | undefined;

/** What becomes of an answer's parts on their way to the client. */
export type Passing = {
  readonly observe: ObserveMessage;
  /** The id that the client gets of an event; as it came if omitted. */
  readonly eventId?: ((id: string) => string) | undefined;
};

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
  from: UpstreamAnswer,
  to: ServerResponse,
  sessionId: string | undefined,
  passing: Passing,
): Promise<void> {
  const length = from.headers["content-length"];
  const isOther = !isJson(from) && !isEventStream(from);
  if (isOther || hasNoBody(from, to)) {
    await passUnchanged(from, to, sessionId);
    return;
  }
  const whole = length !== undefined;
  if (isJson(from) || (isEventStream(from) && whole)) {
    const body = await readWhole(from);
    const observed = isJson(from) ? observeJson(body, passing.observe) : observeEvents(body, passing);
    if (observed === undefined) {
      answerNothing(to);
      return;
    }
    // Framed as the child has framed it: by its length, or in chunks.
    writeHead(from, to, sessionId, whole ? ["Content-Length", String(observed.byteLength)] : []);
    to.end(observed);
    return;
  }
  const framing = length === undefined ? [] : ["Content-Length", length];
  await passEvents(from, to, passing, {
    begin: (bytes) =>
      writeHead(from, to, sessionId, bytes === undefined ? framing : ["Content-Length", String(bytes)]),
    end: (rest) => to.end(rest),
  });
}

/**
 * Writes the head, but for the session's id as in `passAnswer`, and the body byte by byte as it comes, no faster than the
 * client reads. Resolves when the answer is complete.
 * @throws Error when the child goes away meanwhile; the response is then open, its head perhaps sent.
 */
export function passUnchanged(
  from: UpstreamAnswer,
  to: ServerResponse,
  sessionId: string | undefined,
): Promise<void> {
  const length = from.headers["content-length"];
  writeHead(from, to, sessionId, length === undefined ? [] : ["Content-Length", length]);
  if (hasNoBody(from, to)) {
    from.discard();
    to.end();
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    // What comes soon takes the head along.
    const head = setTimeout(() => to.flushHeaders(), headDelayMs);
    from.read({
      data: (part) => {
        clearTimeout(head);
        if (!to.write(part)) holdUntilDrained(from, to);
      },
      end: () => {
        clearTimeout(head);
        to.end();
        resolve();
      },
      broken: (error) => {
        clearTimeout(head);
        reject(error);
      },
    });
  });
}

/** RFC 9110, section 6.4.1. */
function hasNoBody({ statusCode }: UpstreamAnswer, to: ServerResponse): boolean {
  return to.req.method === "HEAD" || statusCode === 204 || statusCode === 304;
}

function holdUntilDrained(from: UpstreamAnswer, to: ServerResponse): void {
  if (from.isPaused) return;
  from.pause();
  void drained(to).then(() => from.resume());
}

/** The answer to a request that its client has withdrawn: a stream of no events. */
export function answerNothing(to: ServerResponse): void {
  if (!to.headersSent) to.writeHead(200, ["Content-Type", "text/event-stream"]);
  to.end();
}

/** An answer that was read already: the same to the letter. */
export function passRead(from: UpstreamAnswer, body: Buffer, to: ServerResponse): void {
  const hasLength = from.headers["content-length"] !== undefined;
  writeHead(from, to, undefined, hasLength ? ["Content-Length", String(body.byteLength)] : []);
  to.end(body);
}

export function writeHead(
  from: UpstreamAnswer,
  to: ServerResponse,
  sessionId: string | undefined,
  more: readonly string[] = [],
): void {
  const replaced =
    sessionId === undefined || from.headers[sessionIdHeader] === undefined
      ? {}
      : { [sessionIdHeader]: sessionId };
  to.writeHead(from.statusCode, from.statusMessage, [...passedHeaders(from.rawHeaders, replaced), ...more]);
}

/** How long the head of a stream waits for its first event, to be one write with it. */
const headDelayMs = 5;

/** What becomes of the client's answer when events are passed on. */
export type Outlet = {
  /** Called once, before the first is written. @param bytes if what follows at once is all. */
  readonly begin: (bytes?: number) => void;
  /** Called with what is not written yet when the stream has ended. */
  readonly end: (rest: string) => void;
};

/**
 * Passes each event as it comes, no faster than the client reads; resolves at the end of the stream. What comes in one
 * turn of the event loop, the head included, is one write, for a system call costs more than all that is done here.
 */
export function passEvents(
  from: UpstreamAnswer,
  to: ServerResponse,
  passing: Passing,
  outlet: Outlet,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let gathered = "";
    let hasBegun = false;
    let head: NodeJS.Timeout | undefined;
    let immediate: NodeJS.Immediate | undefined;
    const begin = (bytes?: number): void => {
      if (hasBegun) return;
      hasBegun = true;
      outlet.begin(bytes);
    };
    const write = (): void => {
      clearTimeout(head);
      clearImmediate(immediate);
      immediate = undefined;
      if (to.writableEnded || to.destroyed) return;
      begin();
      if (gathered === "") to.flushHeaders();
      else if (!to.write(gathered)) holdUntilDrained(from, to);
      gathered = "";
    };
    const splitter = new EventSplitter((event) => {
      const text = observedEvent(event, passing);
      if (text === undefined) return;
      if (to.destroyed) return;
      gathered += text;
      immediate ??= setImmediate(write);
    });
    from.read({
      data: (part) => splitter.push(part),
      end: () => {
        clearTimeout(head);
        clearImmediate(immediate);
        if (!to.writableEnded && !to.destroyed) {
          begin(Buffer.byteLength(gathered));
          outlet.end(gathered);
        }
        resolve();
      },
      broken: (cause) => {
        write();
        reject(new BrokenAnswerError("the child's answer broke off", { cause }));
      },
    });
    // An event that comes soon takes the head along.
    if (!from.isOver && immediate === undefined) head = setTimeout(write, headDelayMs);
  });
}

/** Resolves when the client has read what was written, or has left. */
export function drained(to: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      to.off("drain", settle).off("close", settle);
      resolve();
    };
    to.on("drain", settle).on("close", settle);
    if (to.destroyed) settle();
  });
}

/**
 * The answer to a request of our own.
 * @throws Error if the child answers something else or goes away.
 */
export async function readReply(from: UpstreamAnswer, id: Id): Promise<Response> {
  const replies: Response[] = [];
  const observe = (message: Message): undefined => {
    if (isResponse(message) && message.id === id) replies.push(message);
  };
  const body = await from.body();
  if (isEventStream(from)) observeEvents(body, { observe });
  else observeJson(body, observe);
  const [reply] = replies;
  if (reply === undefined) throw new Error(`the server answered HTTP ${from.statusCode}`);
  return reply;
}

async function readWhole(from: UpstreamAnswer): Promise<Buffer> {
  try {
    return await from.body();
  } catch (error) {
    throw new BrokenAnswerError("the child's answer broke off", { cause: error });
  }
}

/** Returns `undefined` if no message is left. */
function observeJson(body: Buffer, observe: ObserveMessage): Buffer | undefined {
  const messages = parseMessages(body.toString());
  if (messages === undefined) return body;
  const observed = messages.map((message) => observe(message, messages.length === 1 ? body.byteLength : 0));
  if (observed.every((message, index) => message === messages[index])) return body;
  const kept = observed.filter((message) => message !== undefined);
  if (kept.length === 0 && messages.length > 0) return undefined;
  return Buffer.from(JSON.stringify(messages.length === 1 ? kept[0] : kept));
}

/** The events of a whole body, as the client gets them. */
export function observeEvents(body: Buffer, passing: Passing): Buffer {
  const texts: string[] = [];
  const splitter = new EventSplitter((event) => {
    const text = observedEvent(event, passing);
    if (text !== undefined) texts.push(text);
  });
  splitter.push(body);
  return Buffer.from(texts.join(""));
}

/** The event's text for the client, as it came unless its id or a message in it changed. */
function observedEvent(event: ServerSentEvent, { observe, eventId }: Passing): string | undefined {
  const id = event.id === undefined || eventId === undefined ? event.id : eventId(event.id);
  const unchanged = (): string => `${id === event.id ? event.text : withId(event.text, id ?? "")}\n\n`;
  const messages = event.event === "message" && event.data !== "" ? parseMessages(event.data) : undefined;
  if (messages === undefined) return unchanged();
  const bytes = messages.length === 1 ? Buffer.byteLength(event.data) : 0;
  const observed = messages.map((message) => observe(message, bytes));
  if (observed.every((message, index) => message === messages[index])) return unchanged();
  const kept = observed.filter((message) => message !== undefined);
  if (kept.length === 0) return undefined;
  const data = JSON.stringify(messages.length === 1 ? kept[0] : kept);
  return formatEvent({ event: "message", data, ...(id === undefined ? {} : { id }) });
}

function withId(text: string, id: string): string {
  const lines = text.split("\n").map((line) => (/^id(?::|$)/.test(line) ? `id: ${id}` : line));
  return lines.join("\n");
}

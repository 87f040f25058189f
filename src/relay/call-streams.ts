/**
 * The event streams that answer a session's calls, of a server that gives its events ids: a client that has lost one comes
 * back with the id of the last event it got. The child repeats what came after it; for a child that is gone by then, the
 * answers are kept here, the latest ones.
 */
import type { ServerResponse } from "node:http";
import type { Departure } from "./departure.ts";
import { endEventId } from "./event-ids.ts";
import type { Id, Response } from "./json-rpc.ts";
import { formatEvent } from "./sse.ts";

/** In one session. */
const most = { events: 500, answeredStreams: 100, answerBytes: 2 * 1024 * 1024 } as const;

type KeptAnswer = { readonly answer: Response; readonly bytes: number; readonly event: number };

/** An event's place in its stream. */
export type StreamPlace = { readonly stream: CallStream; readonly event: number };

export class CallStreams {
  /** By the ids that the client got, the oldest first. */
  readonly #places = new Map<string, StreamPlace>();
  /** Those that keep answers, the oldest first. */
  readonly #answered = new Set<CallStream>();
  #answerBytes = 0;

  open(requests: readonly Id[] | undefined): CallStream {
    return new CallStream(this, requests);
  }

  /** `undefined` for an event that was never sent, or too many events ago. */
  find(eventId: string): StreamPlace | undefined {
    return this.#places.get(eventId);
  }

  /** Remembers it, if it is new. Returns the place that it has. */
  place(eventId: string, place: StreamPlace): StreamPlace {
    const known = this.#places.get(eventId);
    if (known !== undefined) return known;
    const [oldest] = this.#places.keys();
    if (this.#places.size >= most.events && oldest !== undefined) this.#places.delete(oldest);
    this.#places.set(eventId, place);
    return place;
  }

  kept(stream: CallStream, bytes: number): void {
    this.#answered.add(stream);
    this.#answerBytes += bytes;
    for (const oldest of this.#answered) {
      if (this.#answerBytes <= most.answerBytes && this.#answered.size <= most.answeredStreams) return;
      this.#answerBytes -= oldest.forgetAnswers();
      this.#answered.delete(oldest);
    }
  }
}

/** What one POST is answered with, and what repeats it. */
export class CallStream {
  /** Ids of what is answered in it; `undefined`: nobody knows any more. */
  readonly requests: readonly Id[] | undefined;
  readonly #streams: CallStreams;
  readonly #answers = new Map<Id, KeptAnswer>();
  #events = 0;
  #latest = { id: "", event: 0 };
  #unattended: Departure | undefined;

  constructor(streams: CallStreams, requests: readonly Id[] | undefined) {
    this.#streams = streams;
    this.requests = requests;
  }

  /** An event goes to the client with that id. What is in it is told afterwards. Returns its number in the stream. */
  passes(eventId: string): number {
    const { event } = this.#streams.place(eventId, { stream: this, event: this.#events });
    if (event === this.#events) this.#events++;
    this.#latest = { id: eventId, event };
    return event;
  }

  /** The latest event is, or holds, this answer. */
  answers(answer: Response, bytes: number): void {
    if (this.#answers.has(answer.id)) return;
    this.#answers.set(answer.id, { answer, bytes, event: this.#latest.event });
    this.#streams.kept(this, bytes);
  }

  /** The id of an event of the endpoint itself, behind all of the child's. */
  passesEnd(): string {
    const id = endEventId(this.#latest.id);
    this.passes(id);
    return id;
  }

  answersAfter(event: number): Response[] {
    return [...this.#answers.values()].filter((one) => one.event > event).map(({ answer }) => answer);
  }

  /** @returns how many bytes they were. */
  forgetAnswers(): number {
    const bytes = [...this.#answers.values()].reduce((sum, one) => sum + one.bytes, 0);
    this.#answers.clear();
    return bytes;
  }

  /**
   * The client has left. The child's stream is read on until it is over, to learn when the call is: until then the child
   * is not ended.
   * @param hangUp ends the child's stream.
   */
  leave(hangUp: Departure): void {
    this.#unattended = hangUp;
  }

  /** The client is back: a child has one reader of a stream. */
  takeUp(): void {
    this.#unattended?.abort();
    this.#unattended = undefined;
  }

  /** The child's stream is over. */
  over(hangUp: Departure): void {
    if (this.#unattended === hangUp) this.#unattended = undefined;
  }
}

/**
 * Ends a stream whose child is gone. Only the last event has an id: who comes back with that has got all of them, and who
 * comes back with another one has not.
 */
export function writeEnd(response: ServerResponse, stream: CallStream, answers: readonly Response[]): void {
  const id = stream.passesEnd();
  answers.forEach((answer, index) => {
    stream.answers(answer, 0);
    const isLast = index === answers.length - 1;
    response.write(
      formatEvent({ event: "message", data: JSON.stringify(answer), ...(isLast ? { id } : {}) }),
    );
  });
  response.end();
}

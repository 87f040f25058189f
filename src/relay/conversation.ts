/** One session's messages in both directions: who asked what, which child must answer, what is told to the log. */
import type { Recorder } from "../log/record.ts";
import { answerForClient } from "./advertised.ts";
import { cancelledRequest, Established, establishes } from "./established.ts";
import type { Generations, Upstream } from "./generations.ts";
import {
  errorResponse,
  isNotification,
  isResponse,
  type Id,
  type Message,
  type Notification,
  type Request,
  type Response,
} from "./json-rpc.ts";
import {
  fromClientId,
  fromClientProgress,
  toClientId,
  toClientNotification,
  toClientRequest,
} from "./server-ids.ts";
import { SeenLists } from "./seen-lists.ts";
import { SessionStory } from "./session-story.ts";
import {
  httpErrorRecord,
  notificationRecord,
  pendingRequest,
  requestRecord,
  responseRecord,
  type Pending,
} from "./traffic.ts";

/** How long a child that is replaced may take to notice that a request was cancelled. */
const cancelGraceMs = 1000;

/** Nobody is answered so. It is what nginx logs of such a request. */
const clientLeftStatus = 499;

/** Code of the server's own runs for these. */
const calls = new Set(["tools/call", "resources/read", "prompts/get", "completion/complete"]);

/** What a conversation needs of the generations, whatever their transport. */
type Leases = Pick<Generations<Upstream>, "current" | "lease" | "leaseCall">;
type InFlight = Pending & { readonly release: () => void };

/** A client's message that only one child can use. `generation` is undefined where any child will do. */
export type Directed = { readonly generation: number | undefined; readonly message: Message };

export class Conversation {
  readonly story: SessionStory;
  readonly established = new Established();
  readonly lists = new SeenLists();
  /** Called when that child has accepted what those after it must be told. */
  onAccepted: (request: Request, generation: number) => void = () => undefined;
  readonly #recorder: Recorder;
  readonly #generations: Leases;
  readonly #asked = new Map<Id, InFlight>();
  /** The server's requests that wait for the client's answer, by the id that the client knows. */
  readonly #askedByServer = new Map<Id, Pending>();

  constructor(recorder: Recorder, nextName: () => string, generations: Leases) {
    this.#recorder = recorder;
    this.#generations = generations;
    this.story = new SessionStory(recorder, nextName);
  }

  /** A client's request goes to that child now. */
  asked(request: Request, generation: number, bytes: number): void {
    const pending = pendingRequest(request, generation);
    this.#asked.set(request.id, { ...pending, release: this.#lease(request, generation) });
    this.story.tell(requestRecord("c2s", pending, bytes));
  }

  /** The child that was asked never got the request: another one does. */
  askedInstead(request: Request, generation: number): void {
    const pending = this.#asked.get(request.id);
    if (pending === undefined) return;
    pending.release();
    const release = this.#lease(request, generation);
    this.#asked.set(request.id, { ...pending, generation, release });
  }

  #lease({ method }: Request, generation: number): () => void {
    return calls.has(method) ? this.#generations.leaseCall(generation) : this.#generations.lease(generation);
  }

  /** No child has a request of the client. */
  get isIdle(): boolean {
    return this.#asked.size === 0;
  }

  /** A child has that request of the client, who waits for the answer. */
  isOpen(id: Id): boolean {
    return this.#asked.has(id);
  }

  isAsked(id: Id, generation: number): boolean {
    return this.requestIn(generation, id) !== undefined;
  }

  /** The client's request of that id, if that child has it and has not answered. */
  requestIn(generation: number, id: Id): Request | undefined {
    const pending = this.#asked.get(id);
    return pending?.generation === generation ? pending.request : undefined;
  }

  /** The client's requests that this child has not answered. */
  askedIn(generation: number): readonly Request[] {
    return [...this.#asked.values()]
      .filter((one) => one.generation === generation)
      .map(({ request }) => request);
  }

  /** What the client gets of a child's message; `undefined` if nothing: an answer that nobody waits for. */
  fromServer(message: Message, generation: number, bytes: number): Message | undefined {
    if (isResponse(message)) return this.#answered(message, generation, bytes);
    if (isNotification(message)) {
      this.story.tell(notificationRecord("s2c", message, generation, bytes));
      return toClientNotification(generation, message);
    }
    const request = toClientRequest(generation, message);
    const pending = pendingRequest(message, generation);
    this.#askedByServer.set(request.id, pending);
    this.story.tell(requestRecord("s2c", pending, bytes));
    return request;
  }

  /** The endpoint itself tells the client that a list is another one since that child serves. */
  listChanged(method: string, generation: number): string {
    const notification: Notification = { jsonrpc: "2.0", method };
    const text = JSON.stringify(notification);
    this.fromServer(notification, generation, Buffer.byteLength(text));
    return text;
  }

  /** The endpoint itself answers a request that no child can answer any more. */
  answerFor(request: Request, why: string): Response {
    const response = errorResponse(request.id, why);
    const bytes = Buffer.byteLength(JSON.stringify(response));
    if (!this.#asked.has(request.id)) this.asked(request, 0, 0);
    this.#answered(response, this.#asked.get(request.id)?.generation ?? 0, bytes);
    return response;
  }

  /** The server answered an HTTP status instead of a message. */
  refused(request: Request, status: number, text: string): void {
    if (!this.#asked.has(request.id)) this.asked(request, 0, 0);
    const pending = this.#asked.get(request.id);
    if (pending === undefined) return;
    this.#asked.delete(request.id);
    this.story.tell(httpErrorRecord(pending, status, text));
    pending.release();
  }

  /** The client hung up before the answer came. Of a session that has ended nothing is told any more. */
  abandoned(request: Request): void {
    const isOver = this.story.name !== undefined && !this.story.isOpen;
    if (!this.#asked.has(request.id)) return;
    if (isOver) this.forget(request.id);
    else this.refused(request, clientLeftStatus, "the client left");
  }

  /** The client will not get an answer, and knows. */
  forget(id: Id): void {
    this.#asked.get(id)?.release();
    this.#asked.delete(id);
  }

  /**
   * A client's answer to a server's request, or a notification: directed to the child it is for, and recorded. What any
   * child will do for is recorded when it is sent, by `noted`.
   */
  fromClient(message: Response | Notification, bytes: number): Directed {
    return isResponse(message) ? this.#clientAnswered(message, bytes) : this.#clientNoted(message, bytes);
  }

  #answered(response: Response, generation: number, bytes: number): Response | undefined {
    const pending = this.#asked.get(response.id);
    if (pending?.generation !== generation) {
      this.#recorder({
        kind: "drop",
        count: 1,
        reason: `an answer to ${JSON.stringify(response.id)}, which nobody waits for`,
        generation,
      });
      return undefined;
    }
    this.#asked.delete(response.id);
    const forClient = answerForClient(pending.request, response);
    this.established.answered(pending.request, forClient);
    if (forClient.error === undefined && establishes(pending.request))
      this.onAccepted(pending.request, generation);
    this.lists.answered(pending.request, forClient, generation);
    this.story.tell(responseRecord("s2c", pending, forClient, bytes));
    pending.release();
    if (generation !== this.#generations.current?.generation) this.lists.onStale?.();
    return forClient;
  }

  #clientAnswered(response: Response, bytes: number): Directed {
    const { generation, id } = fromClientId(response.id);
    const pending = this.#askedByServer.get(response.id);
    if (pending !== undefined) {
      this.#askedByServer.delete(response.id);
      this.established.clientAnswered(pending.request.method, response);
      this.story.tell(responseRecord("c2s", pending, response, bytes));
    }
    return { generation, message: id === response.id ? response : { ...response, id } };
  }

  #clientNoted(notification: Notification, bytes: number): Directed {
    const cancelled = cancelledRequest(notification);
    const pending = cancelled === undefined ? undefined : this.#asked.get(cancelled);
    const progress = fromClientProgress(notification);
    const target = pending?.generation ?? progress?.generation;
    if (target !== undefined) this.noted(notification, target, bytes);
    if (cancelled !== undefined) this.#cancel(cancelled);
    return { generation: target, message: progress?.notification ?? notification };
  }

  /** A client's notification goes to that child now: what it establishes is established from here on. */
  noted(notification: Notification, generation: number, bytes: number): void {
    this.established.noted(notification);
    this.story.tell(notificationRecord("c2s", notification, generation, bytes));
  }

  /** A server must not answer what was cancelled (MCP, basic/utilities/cancellation), but may want to clean up. */
  #cancel(id: Id): void {
    const pending = this.#asked.get(id);
    if (pending === undefined) return;
    this.#asked.delete(id);
    setTimeout(pending.release, cancelGraceMs).unref();
  }

  /** The server's own requests to a client die with the child that asked. */
  forgetServer(generation: number): void {
    for (const [id, pending] of this.#askedByServer) {
      if (pending.generation === generation && id === toClientId(generation, pending.request.id)) {
        this.#askedByServer.delete(id);
      }
    }
  }
}

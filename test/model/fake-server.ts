/** What a fake child does with messages, whatever carries them: it answers, keeps, asks back and forgets what is cancelled. */
import {
  asId,
  at,
  isNotification,
  isRequest,
  type Id,
  type Message,
  type Request,
  type Response,
} from "../../src/relay/json-rpc.ts";
import { after } from "./turns.ts";

export type Behaviour = {
  /** How requests are answered over HTTP. */
  readonly style: "json" | "sse";
  /** Whether the events of such an answer are kept for a client that comes back for them. */
  readonly keepsEvents: boolean;
  /** How late `initialize` is answered, restored sessions' too. */
  readonly initializeTurns: number;
  /** How late a session's events are reported. */
  readonly reportTurns: number;
  /** Whether a cancelled request is left unanswered, as the protocol wants it. */
  readonly heedsCancel: boolean;
};

export const plainBehaviour: Behaviour = {
  style: "sse",
  keepsEvents: false,
  initializeTurns: 0,
  reportTurns: 0,
  heedsCancel: true,
};

/** Where messages go that belong to one request, or to none. */
export type Outlet = {
  /** Returns false if nobody reads it any more. */
  readonly send: (message: Message) => boolean;
  /** One of the answers that it waits for will not come. */
  readonly forget: () => void;
  /** Whether it carries more than answers. */
  readonly carriesAsks: boolean;
  /** Whether its reader went away before it was complete. */
  readonly isBroken: () => boolean;
};

/** A session as one child knows it. */
export type FakeSession = {
  readonly name: string;
  /** The client's standalone stream, if it carries one. */
  stream: Outlet | undefined;
  /** Requests to the client, counted in each session of each child anew, so that ids collide. */
  askCount: number;
  /** The client has said hello: it may be asked. */
  isInitialized: boolean;
};

/** A request that is answered when the model says so. */
export type Held = { readonly request: Request; readonly outlet: Outlet; readonly session: FakeSession };

/** What the child asked its client. */
export type Ask = {
  readonly id: Id;
  readonly session: FakeSession;
  readonly answers: Response[];
  /** Whether what it was sent through broke off. */
  readonly isLost: () => boolean;
};

export class FakeServer {
  generation = 0;
  behaviour: Behaviour = plainBehaviour;
  isAlive = true;
  readonly sessions: FakeSession[] = [];
  readonly received: Message[] = [];
  /** What was in its pipe when it ended. */
  readonly unread: Message[] = [];
  readonly held: Held[] = [];
  readonly asks: Ask[] = [];
  /** Answers to what it never asked. */
  readonly strays: Response[] = [];

  open(): FakeSession {
    const name = `${this.generation}-${this.sessions.length + 1}`;
    const session: FakeSession = { name, stream: undefined, askCount: 0, isInitialized: false };
    this.sessions.push(session);
    return session;
  }

  take(session: FakeSession, message: Message, outlet: Outlet): void {
    if (!this.isAlive) return;
    this.received.push(message);
    if (isRequest(message)) this.#asked(session, message, outlet);
    else if (isNotification(message)) {
      if (message.method === "notifications/initialized") session.isInitialized = true;
      if (message.method === "notifications/cancelled")
        this.#cancelled(session, at(message.params, "requestId"));
    } else {
      const ask = this.asks.find((one) => one.session === session && one.id === message.id);
      if (ask === undefined) this.strays.push(message);
      else ask.answers.push(message);
    }
  }

  /** Answers a request that it holds. */
  answer(held: Held): void {
    this.held.splice(this.held.indexOf(held), 1);
    this.#reply(held.outlet, held.request.id, { generation: this.generation });
  }

  progress(held: Held): void {
    const params = { progressToken: asId(held.request.id) ?? 0, progress: 1 };
    held.outlet.send({ jsonrpc: "2.0", method: "notifications/progress", params });
  }

  /** Where it can ask a session's client: its stream, or the answer of a request that it holds. */
  outletFor(session: FakeSession): Outlet | undefined {
    if (!session.isInitialized) return undefined;
    const ofRequest = this.held.find((held) => held.session === session && held.outlet.carriesAsks);
    return session.stream ?? ofRequest?.outlet;
  }

  ask(session: FakeSession, method: string): void {
    const outlet = this.outletFor(session);
    if (outlet === undefined) return;
    const id = session.askCount++;
    this.asks.push({ id, session, answers: [], isLost: () => outlet.isBroken() });
    outlet.send({ jsonrpc: "2.0", id, method, params: { generation: this.generation, id } });
  }

  #asked(session: FakeSession, request: Request, outlet: Outlet): void {
    if (request.method === "tools/call" && at(request.params, "name") === "held") {
      this.held.push({ request, outlet, session });
    } else if (request.method === "initialize") {
      const result = {
        protocolVersion: "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "fake", version: "1" },
      };
      after(this.behaviour.initializeTurns, () => this.#reply(outlet, request.id, result));
    } else this.#reply(outlet, request.id, { generation: this.generation });
  }

  #reply(outlet: Outlet, id: Id, result: unknown): void {
    if (this.isAlive) outlet.send({ jsonrpc: "2.0", id, result });
  }

  #cancelled(session: FakeSession, requestId: unknown): void {
    if (!this.behaviour.heedsCancel) return;
    const index = this.held.findIndex((held) => held.session === session && held.request.id === requestId);
    const [cancelled] = index === -1 ? [] : this.held.splice(index, 1);
    cancelled?.outlet.forget();
  }
}

/** One child's end of a duplex session: its channel, and what only the endpoint and that child say to each other. */
import type { Established } from "./established.ts";
import {
  errorResponse,
  isRequest,
  isResponse,
  type Id,
  type Message,
  type Request,
  type Response,
} from "./json-rpc.ts";

/** Our end of one child's channel for this session. `message` is what the client sent, if `text` was one message. */
export type Channel = {
  readonly send: (text: string, message?: Message) => void;
  readonly close: () => void;
};

const answerTimeoutMs = 10_000;

export class ChildLink {
  readonly generation: number;
  readonly channel: Channel;
  /** The session was there before this child. */
  readonly isRestored: boolean;
  readonly #established: Established;
  readonly #replies = new Map<Id, (response: Response) => void>();
  readonly #replay: Message[];
  #ownIds = 0;
  /** A restored child asks for the roots that the client has told us already: once. */
  #asksRootsAgain: boolean;

  constructor(generation: number, channel: Channel, established: Established) {
    this.generation = generation;
    this.channel = channel;
    this.#established = established;
    this.#replay = [...established.replay(() => this.#ownId())];
    this.isRestored = this.#replay.length > 0;
    this.#asksRootsAgain = this.isRestored;
  }

  /** Tells the child what the client established; its answers go no further. */
  async restore(): Promise<void> {
    for (const message of this.#replay) await this.#tell(message);
    this.#replay.length = 0;
  }

  /** An older child has accepted what the client asked of the session, which holds here too. */
  acceptedElsewhere(request: Request): void {
    const own = { ...request, id: this.#ownId() };
    // In the middle of a restore its turn comes last.
    if (this.#replay.length > 0) this.#replay.push(own);
    // Should it never be answered, then the child is lost, and the next one is told all.
    else this.#tell(own).catch(() => undefined);
  }

  /** Something of our own, which the client does not see. @throws Error when no answer comes. */
  ask(request: Request): Promise<Response> {
    const answer = this.#reply(request.id);
    this.channel.send(JSON.stringify(request));
    return answer;
  }

  /** The child is gone, or the client: whoever waits for the child is told, and the child is told no more. */
  close(why: string): void {
    this.#replay.length = 0;
    for (const [id, reply] of this.#replies) reply(errorResponse(id, why));
    this.channel.close();
  }

  /** Whether the message was none of the client's business: an answer to us, or a question that we can answer. */
  takes(message: Message): boolean {
    if (isResponse(message)) {
      const reply = this.#replies.get(message.id);
      reply?.(message);
      return reply !== undefined;
    }
    return isRequest(message) && this.#answersRoots(message);
  }

  async #tell(message: Message): Promise<void> {
    if (isRequest(message)) await this.ask(message);
    else this.channel.send(JSON.stringify(message));
  }

  #reply(id: Id): Promise<Response> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the new child did not answer")), answerTimeoutMs);
      timer.unref();
      this.#replies.set(id, (response) => {
        clearTimeout(timer);
        this.#replies.delete(id);
        resolve(response);
      });
    });
  }

  /** The client has told its roots and has announced no change since: it need not be asked on every save. */
  #answersRoots({ id, method }: Request): boolean {
    const { roots } = this.#established;
    if (method !== "roots/list" || roots === undefined || !this.#asksRootsAgain) return false;
    this.#asksRootsAgain = false;
    this.channel.send(JSON.stringify({ jsonrpc: "2.0", id, result: roots }));
    return true;
  }

  #ownId(): Id {
    return `create-fastmcp:restore:${++this.#ownIds}`;
  }
}

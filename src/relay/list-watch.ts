/**
 * After a reload, compares what each client knows of the server's lists with what the new child says in that client's
 * session, and tells the client what is another list now. Nobody waits for it: it comes after the restored sessions.
 */
import type { Generations, Upstream } from "./generations.ts";
import type { Request, Response } from "./json-rpc.ts";
import type { SeenLists } from "./seen-lists.ts";

/** A session as this needs it. */
export type Watched<U extends Upstream> = {
  readonly lists: SeenLists;
  /** The client can be told something now. */
  readonly isListening: boolean;
  /** Asks that child; rejects when it is gone or takes too long. */
  readonly ask: (upstream: U, request: Request) => Promise<Response>;
  readonly tell: (method: string, generation: number) => void;
};

/** A client's own requests come first, and after a save there often is one. */
const lookDelayMs = 100;
/** How many sessions are compared at a time. */
const concurrency = 2;

export class ListWatch<U extends Upstream> {
  readonly #generations: Generations<U>;
  #queue = new Set<Watched<U>>();
  #timer: NodeJS.Timeout | undefined;
  /** How many take from the queue. */
  #workers = 0;

  constructor(generations: Generations<U>) {
    this.#generations = generations;
    // Those who still waited when another child came are looked at once more when they are restored in that one.
    generations.onChange((_current, lost) => {
      if (lost !== undefined) return;
      this.#queue.clear();
      // A worker may still wait for the old child; the new one is not kept waiting for that.
      this.#queue = new Set();
      this.#workers = 0;
    });
  }

  /** Compares this session's lists soon. */
  look(session: Watched<U>): void {
    this.#queue.add(session);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (let worker = this.#workers; worker < concurrency; worker++) void this.#work();
    }, lookDelayMs);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    const queue = this.#queue;
    this.#workers += 1;
    for (const session of queue) {
      queue.delete(session);
      await this.#compare(session);
    }
    if (queue === this.#queue) this.#workers -= 1;
  }

  async #compare(session: Watched<U>): Promise<void> {
    const upstream = this.#generations.current;
    if (upstream === undefined || !this.#canTell(session, upstream)) return;
    const { generation } = upstream;
    try {
      await session.lists.compare(
        generation,
        (request) => session.ask(upstream, request),
        (notification) => {
          const canTell = this.#canTell(session, upstream);
          if (canTell) session.tell(notification, generation);
          return canTell;
        },
      );
    } catch {
      // The child is gone or the session is over; whoever serves next is asked.
    }
  }

  #canTell(session: Watched<U>, upstream: U): boolean {
    return session.isListening && this.#generations.current === upstream;
  }
}

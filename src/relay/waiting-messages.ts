/** What a client of a duplex session said that no child can take yet, in order. */
import { isRequest, type Id, type Message } from "./json-rpc.ts";

/** `message` is undefined for a text that is none; `sinceMs` is a `performance.now()`. */
export type Waiting = {
  readonly message: Message | undefined;
  readonly text: string;
  readonly sinceMs: number;
};

export class WaitingMessages {
  readonly #messages: Waiting[] = [];

  get count(): number {
    return this.#messages.length;
  }

  /** Whether one of them wants an answer. */
  get hasRequest(): boolean {
    return this.#messages.some(({ message }) => message !== undefined && isRequest(message));
  }

  add(message: Message | undefined, text: string): void {
    this.#messages.push({ message, text, sinceMs: performance.now() });
  }

  /** Takes out what has waited longest. */
  next(): Waiting | undefined {
    return this.#messages.shift();
  }

  /** Takes out the request of that id; returns whether it was there. */
  withdraw(id: Id): boolean {
    const index = this.#messages.findIndex(
      ({ message }) => message !== undefined && isRequest(message) && message.id === id,
    );
    if (index !== -1) this.#messages.splice(index, 1);
    return index !== -1;
  }

  /** How long what has waited longest may still wait, if each may wait for `timeoutMs`; `undefined` if nothing waits. */
  patienceMs(timeoutMs: number): number | undefined {
    const [first] = this.#messages;
    return first && Math.max(0, first.sinceMs + timeoutMs - performance.now());
  }
}

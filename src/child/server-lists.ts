/**
 * Asks the server what it offers, as a client without credentials would: tools, prompts, resources and templates.
 * FastMCP makes a session for the question, which is connected to nothing: no event, no client, no callback of the
 * server's own code sees it.
 */
import { report } from "./channel.ts";

type Answer = { readonly id?: unknown };
type Session = { readonly server: { connect: (transport: object) => Promise<void> } };
type Server = { readonly connect?: (transport: object) => Promise<unknown> };

/** Restored sessions and the requests of clients come first. */
const lookDelayMs = 100;
const methods = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] as const;

/** The transport of the question: takes the session that FastMCP made for it, instead of being connected. */
export class Look {
  #session: Session | undefined;
  onmessage: ((message: object) => void) | undefined;
  readonly #answers = new Map<unknown, string>();
  #done: (() => void) | undefined;

  /** Called with the session that shall connect to this transport. FastMCP forgets a session whose connect rejects. */
  take(session: object): Promise<never> {
    this.#session = session as Session;
    return Promise.reject(new Error("this session is only looked at"));
  }

  /** One answer for each method, whose id is the method; `undefined` if this FastMCP cannot be asked. */
  async answers(server: object): Promise<readonly string[] | undefined> {
    await (server as Server).connect?.(this).catch(() => undefined);
    if (this.#session === undefined) return undefined;
    await this.#session.server.connect(this);
    const done = new Promise<void>((resolve) => (this.#done = resolve));
    for (const method of methods) this.onmessage?.({ jsonrpc: "2.0", id: method, method });
    await done;
    return methods.flatMap((method) => this.#answers.get(method) ?? []);
  }

  // What the SDK asks of a transport.
  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  send(message: Answer): Promise<void> {
    // What goes no further than JSON, such as a prompt's function, is no part of the answer.
    this.#answers.set(message.id, JSON.stringify(message));
    if (this.#answers.size === methods.length) this.#done?.();
    return Promise.resolve();
  }
}

/** Reports them after a moment; a server that cannot be asked is not. */
export function reportLists(server: object): void {
  setTimeout(() => {
    new Look().answers(server).then(
      (answers) => {
        if (answers !== undefined) report({ type: "lists", answers });
      },
      () => undefined,
    );
  }, lookDelayMs).unref();
}

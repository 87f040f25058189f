/**
 * Asks the server what it offers, as a client without credentials would: tools, prompts, resources and templates.
 * FastMCP makes a session for the question, which is connected to nothing: no event, no client, no callback of the
 * server's own code sees it.
 */
import { report } from "./channel.ts";
import type { ListAnswers, ToolAlone } from "./messages.ts";

type Answer = { readonly id?: unknown; readonly error?: unknown };
type Session = {
  readonly server: { connect: (transport: object) => Promise<void> };
  readonly setupToolHandlers: (tools: readonly unknown[]) => void;
};
type Server = { readonly connect?: (transport: object) => Promise<unknown> };

/** Restored sessions and the requests of clients come first. */
const lookDelayMs = 100;
const methods = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] as const;

/** What sessions offer now. */
const toolsOf = new WeakMap<object, readonly unknown[]>();

/** To be called with what a session is about to offer, instead of what it offered before. */
export function noteTools(session: object, tools: unknown): void {
  if (Array.isArray(tools)) toolsOf.set(session, tools);
}

/** The transport of the question: takes the session that FastMCP made for it, instead of being connected. */
export class Look {
  #session: Session | undefined;
  onmessage: ((message: object) => void) | undefined;
  readonly #asked = new Map<unknown, (answer: Answer) => void>();

  /** Called with the session that shall connect to this transport. FastMCP forgets a session whose connect rejects. */
  take(session: object): Promise<never> {
    this.#session = session as Session;
    return Promise.reject(new Error("this session is only looked at"));
  }

  /** `undefined` if this FastMCP cannot be asked. */
  async answers(server: object): Promise<ListAnswers | undefined> {
    await (server as Server).connect?.(this).catch(() => undefined);
    if (this.#session === undefined) return undefined;
    await this.#session.server.connect(this);
    const answers = await Promise.all(methods.map((method) => this.#ask(method, method)));
    const [tools] = answers;
    return {
      answers: answers.map(textOf),
      ...(tools?.error === undefined ? {} : { alone: await this.#eachAlone(this.#session) }),
    };
  }

  /** FastMCP lists all tools or none: whose fault that is shows when the session has only one at a time. */
  async #eachAlone(session: Session): Promise<readonly ToolAlone[]> {
    const alone: ToolAlone[] = [];
    for (const tool of toolsOf.get(session) ?? []) {
      session.setupToolHandlers([tool]);
      const answer = await this.#ask("tools/list", `tool ${alone.length}`);
      alone.push({ name: nameOf(tool), answer: textOf(answer) });
    }
    return alone;
  }

  #ask(method: string, id: string): Promise<Answer> {
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.onmessage?.({ jsonrpc: "2.0", id, method });
    });
  }

  // What the SDK asks of a transport.
  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  send(message: Answer): Promise<void> {
    this.#asked.get(message.id)?.(message);
    return Promise.resolve();
  }
}

/** What goes no further than JSON, such as a prompt's function, is no part of the answer. */
function textOf(answer: Answer): string {
  return JSON.stringify(answer);
}

function nameOf(tool: unknown): string {
  const isNamed = typeof tool === "object" && tool !== null && "name" in tool;
  return isNamed && typeof tool.name === "string" ? tool.name : "(no name)";
}

/** Reports them after a moment; a server that cannot be asked is not. */
export function reportLists(server: object): void {
  setTimeout(() => {
    new Look().answers(server).then(
      (answers) => {
        if (answers !== undefined) report({ type: "lists", ...answers });
      },
      () => undefined,
    );
  }, lookDelayMs).unref();
}

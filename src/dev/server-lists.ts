/** What the server offered at last, so that a reload can say what is added, changed and removed. */
import type { Recorder } from "../log/record.ts";
import { answerForClient } from "../relay/advertised.ts";
import { isResponse, parseMessages, type Response } from "../relay/json-rpc.ts";
import {
  entriesOf,
  isListMethod,
  listChanges,
  type Entry,
  type ListChanges,
  type ListMethod,
} from "../relay/lists.ts";

/** The entries of each list as the server describes them, to a caller without credentials. */
export type Offer = Readonly<Record<"tools" | "prompts" | "resources" | "templates", readonly Entry[]>>;

export class ServerLists {
  readonly #recorder: Recorder;
  readonly #known = new Map<ListMethod, readonly Entry[]>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get offer(): Offer {
    const known = (method: ListMethod): readonly Entry[] => this.#known.get(method) ?? [];
    return {
      tools: known("tools/list"),
      prompts: known("prompts/list"),
      resources: known("resources/list"),
      templates: known("resources/templates/list"),
    };
  }

  /** Records how the answers of a child that serves differ from those of the last one. The first have nothing to differ from. */
  reported(answers: readonly string[], generation: number): void {
    const changes = answers.flatMap((text) => {
      const [answer] = parseMessages(text) ?? [];
      return answer !== undefined && isResponse(answer) ? this.#compareList(answer) : [];
    });
    const all = {
      added: changes.flatMap(({ added }) => added),
      changed: changes.flatMap(({ changed }) => changed),
      removed: changes.flatMap(({ removed }) => removed),
    };
    if (Object.values(all).every((names) => names.length === 0)) return;
    this.#recorder({ kind: "reload", event: "lists", generation, body: { changes: all } });
  }

  #compareList(answer: Response): readonly ListChanges[] {
    const method = String(answer.id);
    if (!isListMethod(method)) return [];
    const request = { jsonrpc: "2.0", id: method, method } as const;
    const entries = entriesOf(method, answerForClient(request, answer));
    // A list that the server fails to make is neither empty nor another one.
    if (entries === undefined) return [];
    const before = this.#known.get(method);
    this.#known.set(method, entries);
    return before === undefined ? [] : [listChanges(method, before, entries)];
  }
}

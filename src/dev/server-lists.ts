/** What the server offered at last, so that a reload can say what is added, changed and removed, and what fails. */
import type { ListAnswers } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import { answerForClient } from "../relay/advertised.ts";
import {
  entriesOf,
  isListMethod,
  listChanges,
  type Entry,
  type ListChanges,
  type ListMethod,
} from "../relay/lists.ts";
import { nameWarnings, type Duplicate } from "./name-warnings.ts";
import { listFailure, responseIn, type ListFailure } from "./list-failures.ts";

/** The entries of each list as the server describes them, to a caller without credentials; none of a list that fails. */
export type Offer = Readonly<Record<"tools" | "prompts" | "resources" | "templates", readonly Entry[]>> & {
  readonly failures: readonly ListFailure[];
};

export class ServerLists {
  readonly #recorder: Recorder;
  readonly #known = new Map<ListMethod, readonly Entry[]>();
  #failures: readonly ListFailure[] = [];
  /** By generation, of those that have not reported yet. */
  readonly #duplicates = new Map<number, Duplicate[]>();
  #warnings: readonly string[] = [];

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
      failures: this.#failures,
    };
  }

  addedTwice({ kind, name }: Duplicate, generation: number): void {
    const before = this.#duplicates.get(generation) ?? [];
    this.#duplicates.set(generation, [...before, { kind, name }]);
  }

  /**
   * Records how the answers of a child that serves differ from those of the last one, which are errors, and what is wrong with
   * names that was not before. The first have nothing to differ from.
   */
  reported({ answers, alone = [] }: ListAnswers, generation: number): void {
    const outcomes = answers.flatMap((text) => {
      const answer = responseIn(text);
      const method = String(answer?.id);
      if (answer === undefined || !isListMethod(method)) return [];
      const entries = entriesOf(method, answerForClient({ jsonrpc: "2.0", id: method, method }, answer));
      if (entries !== undefined) return { changes: this.#compare(method, entries) };
      // Clients see nothing of it: what is there again later is added.
      this.#known.set(method, []);
      return { failure: listFailure(method, answer, alone) };
    });
    this.#failures = outcomes.flatMap(({ failure }) => failure ?? []);
    const changes = outcomes.flatMap((outcome) => outcome.changes ?? []);
    const all = {
      added: changes.flatMap(({ added }) => added),
      changed: changes.flatMap(({ changed }) => changed),
      removed: changes.flatMap(({ removed }) => removed),
    };
    const warnings = this.#newWarnings(generation);
    const [failure] = this.#failures;
    if (
      failure === undefined &&
      warnings.length === 0 &&
      Object.values(all).every((names) => names.length === 0)
    )
      return;
    this.#recorder({
      kind: "reload",
      event: "lists",
      generation,
      ...(failure === undefined ? {} : { "error.type": String(failure.code) }),
      body: {
        changes: all,
        ...(failure === undefined ? {} : { failures: this.#failures.map(({ message }) => message) }),
        ...(warnings.length === 0 ? {} : { warnings }),
      },
    });
  }

  #newWarnings(generation: number): readonly string[] {
    const before = this.#warnings;
    this.#warnings = nameWarnings(this.#duplicates.get(generation) ?? [], this.offer.tools);
    for (const one of [...this.#duplicates.keys()]) if (one <= generation) this.#duplicates.delete(one);
    return this.#warnings.filter((warning) => !before.includes(warning));
  }

  #compare(method: ListMethod, entries: readonly Entry[]): ListChanges | undefined {
    const before = this.#known.get(method);
    this.#known.set(method, entries);
    return before === undefined ? undefined : listChanges(method, before, entries);
  }
}

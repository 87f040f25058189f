/** Asks a server for its lists, of which some may fail: what is wrong is said of each, and the rest is listed. */
import { setTimeout } from "node:timers/promises";
import type { FromChild, ToolAlone } from "../child/messages.ts";
import { apart } from "../dev/list-failures.ts";
import type { Foreign } from "../terminal/foreign.ts";
import type { Connection } from "./connect.ts";
import { error, type Finding } from "./findings.ts";
import { all } from "./offer.ts";

/** The child looks at its tools a moment after it serves. */
const aloneMs = 3000;

export class CheckedLists {
  readonly findings: Finding[] = [];
  readonly #alone: Promise<readonly ToolAlone[]>;
  #tell: (alone: readonly ToolAlone[]) => void = () => undefined;

  constructor() {
    this.#alone = new Promise((resolve) => (this.#tell = resolve));
  }

  reported(message: FromChild): void {
    if (message.type === "lists") this.#tell(message.alone ?? []);
  }

  async entries(connection: Connection, method: string, key: string): Promise<Foreign[]> {
    try {
      return await all(connection, method, key);
    } catch (thrown) {
      if (!connection.isOpen || connection.isCancelled) throw thrown;
      const { tools, faults } = method === "tools/list" ? await this.#toolsApart() : apart([]);
      this.findings.push(
        ...faults.map(({ name, message }) =>
          error(`tool ${name}`, `cannot be listed, so clients see no tool at all: ${message}`),
        ),
      );
      if (faults.length === 0) this.findings.push(error("server", `${method} fails: ${messageOf(thrown)}`));
      return [...tools];
    }
  }

  async #toolsApart(): Promise<ReturnType<typeof apart>> {
    return apart(await Promise.race([this.#alone, setTimeout(aloneMs, [], { ref: false })]));
  }
}

/** Without what the client puts before it. */
export function messageOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replace(/^(?:MCP error -?\d+: )+/, "");
}

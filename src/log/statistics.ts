/** Counts what the records tell of each method, tool and prompt: calls, errors, durations. */
import type { Entry } from "./decode.ts";
import { DurationHistogram } from "./duration-histogram.ts";
import { OpenCalls } from "./open-calls.ts";
import type { Attributes, Direction } from "./record.ts";

export type MethodStatistics = Pick<
  Attributes,
  "mcp.method.name" | "gen_ai.tool.name" | "gen_ai.prompt.name"
> & {
  /** Who asks: `c2s` the client, `s2c` the server. */
  readonly dir: Direction;
  calls: number;
  /** Answers with an error, of JSON-RPC, of HTTP or of the tool. */
  errors: number;
  /** Cancelled, lost, or still running. */
  unanswered: number;
  readonly durations: DurationHistogram;
};

/** Names come from clients, who may make up as many as they like. */
const mostMethods = 1000;
const others = "(others)";

export class Statistics {
  readonly #methods = new Map<string, MethodStatistics>();
  readonly #open = new OpenCalls<MethodStatistics>();

  add(entry: Entry): void {
    if (entry.type !== "record") return;
    const { record, log } = entry;
    if (record.kind === "request") {
      const method = this.#methodOf(record, record.dir);
      method.calls += 1;
      const lost = this.#open.add(log, record, method);
      if (lost !== undefined) lost.unanswered += 1;
    } else if (record.kind === "response") {
      const asked = this.#open.take(log, record);
      const method = asked ?? this.#methodOf(record, record.dir === "c2s" ? "s2c" : "c2s");
      // A filter may have left out the request.
      if (asked === undefined) method.calls += 1;
      if (record["error.type"] !== undefined) method.errors += 1;
      method.durations.add(record.duration_ms);
    }
  }

  /** The most used first. To be called once, at the end. */
  methods(): MethodStatistics[] {
    for (const method of this.#open.values()) method.unanswered += 1;
    return [...this.#methods.values()].sort((a, b) => b.calls - a.calls || (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  #methodOf(record: Attributes, dir: Direction): MethodStatistics {
    const key = `${dir}\n${nameOf(record)}`;
    const known = this.#methods.get(key);
    if (known !== undefined) return known;
    if (this.#methods.size >= mostMethods && record["mcp.method.name"] !== others)
      return this.#methodOf({ "mcp.method.name": others }, dir);
    const { "gen_ai.tool.name": tool, "gen_ai.prompt.name": prompt } = record;
    const method: MethodStatistics = {
      "mcp.method.name": record["mcp.method.name"] ?? "?",
      ...(tool === undefined ? {} : { "gen_ai.tool.name": tool }),
      ...(prompt === undefined ? {} : { "gen_ai.prompt.name": prompt }),
      dir,
      calls: 0,
      errors: 0,
      unanswered: 0,
      durations: new DurationHistogram(),
    };
    this.#methods.set(key, method);
    return method;
  }
}

function nameOf(record: Attributes): string {
  const { "mcp.method.name": method, "gen_ai.tool.name": tool, "gen_ai.prompt.name": prompt } = record;
  return `${method ?? "?"}\n${tool ?? prompt ?? ""}`;
}

/** For programs: the names of the log, durations in milliseconds. */
export function statisticsJson(method: MethodStatistics): Record<string, unknown> {
  const { durations, ...rest } = method;
  return {
    ...rest,
    min_ms: durations.minMs,
    p50_ms: durations.percentileMs(50),
    p95_ms: durations.percentileMs(95),
    max_ms: durations.maxMs,
  };
}

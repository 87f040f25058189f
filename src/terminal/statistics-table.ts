/** The table of `--stats`: a line for each method and tool, with a bar of how its durations are spread. */
import { counted, durationText } from "./durations.ts";
import { Line } from "./line.ts";
import type { Style, Styles } from "./styles.ts";
import { table, type Column, type Piece } from "./table.ts";

/** What is counted of a method; `src/log/statistics.ts` does it. */
export type CountedMethod = {
  readonly "mcp.method.name"?: string;
  readonly "gen_ai.tool.name"?: string;
  readonly "gen_ai.prompt.name"?: string;
  readonly dir: "c2s" | "s2c";
  readonly calls: number;
  readonly errors: number;
  readonly unanswered: number;
  readonly durations: {
    readonly minMs: number | undefined;
    readonly maxMs: number | undefined;
    readonly percentileMs: (percent: number) => number | undefined;
    readonly spread: (fromMs: number, toMs: number, parts: number) => readonly number[];
  };
};

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const slowMs = 1000;
/** A scale of less than this would make a mountain range of one and the same duration. */
const leastScale = 4;
const leastBarCells = 14;
const mostBarCells = 48;

export function statisticsTable(styles: Styles, width: number, methods: readonly CountedMethod[]): string[] {
  const scale = scaleOf(methods);
  const count = (value: number, style?: Style): readonly Piece[] => [
    { text: String(value), style: value === 0 ? styles.dim : style },
  ];
  const time = (
    title: string,
    leaves: number,
    of: (method: CountedMethod) => number | undefined,
  ): Column<CountedMethod> => ({
    title,
    align: "right",
    leaves,
    cell: (method) => [timePiece(styles, of(method))],
  });
  const columns: Column<CountedMethod>[] = [
    { title: "method", least: 18, cell: (method) => nameOf(styles, method) },
    { title: "calls", align: "right", cell: ({ calls }) => count(calls) },
    { title: "errors", align: "right", cell: ({ errors }) => count(errors, styles.red) },
    time("p50", 3, ({ durations }) => durations.percentileMs(50)),
    time("p95", 2, ({ durations }) => durations.percentileMs(95)),
    time("max", 1, ({ durations }) => durations.maxMs),
    {
      title: "",
      leaves: 0,
      least: leastBarCells,
      most: mostBarCells,
      head: (cells) => scaleText(scale, cells),
      fill: (method, cells) => [bar(styles, method, scale, cells)],
    },
  ];
  const unanswered = methods.reduce((sum, method) => sum + method.unanswered, 0);
  const remark = `${counted(unanswered, "request")} without an answer`;
  return [
    ...table(styles, width, columns, methods),
    ...(unanswered === 0 ? [] : [new Line(width).add(remark, styles.yellow).toString()]),
  ];
}

/** Where there is no room for both, the tool says more than the method. */
function nameOf(styles: Styles, method: CountedMethod): readonly Piece[] {
  const subject = method["gen_ai.tool.name"] ?? method["gen_ai.prompt.name"];
  return [
    ...(method.dir === "c2s" ? [] : [{ text: "←", style: styles.bold }]),
    { text: method["mcp.method.name"] ?? "?", ...(subject === undefined ? {} : { optional: true }) },
    ...(subject === undefined ? [] : [{ text: subject, style: styles.bold }]),
  ];
}

function timePiece(styles: Styles, ms: number | undefined): Piece {
  if (ms === undefined) return { text: "–", style: styles.dim };
  return { text: durationText(ms), style: ms >= slowMs ? styles.yellow : undefined };
}

type Scale = { readonly fromMs: number; readonly toMs: number };

/** One for all lines, so that they can be compared. */
function scaleOf(methods: readonly CountedMethod[]): Scale {
  const all = methods.flatMap(({ durations: { minMs, maxMs } }) => [minMs, maxMs]);
  const known = all.filter((ms) => ms !== undefined);
  const fromMs = Math.max(
    0.01,
    known.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY),
  );
  const toMs = known.reduce((most, ms) => Math.max(most, ms), 0);
  if (!Number.isFinite(fromMs)) return { fromMs: 1, toMs: leastScale };
  return { fromMs, toMs: Math.max(toMs, fromMs * leastScale) };
}

function scaleText({ fromMs, toMs }: Scale, cells: number): string {
  const [from, to] = [durationText(fromMs), durationText(toMs)];
  const between = cells - from.length - to.length - 2;
  return between < 1 ? "" : `${from} ${"─".repeat(between)} ${to}`;
}

/** Each cell is as high as its share of the highest; none so low that it vanishes. */
function bar(styles: Styles, { durations }: CountedMethod, { fromMs, toMs }: Scale, cells: number): Piece {
  const spread = durations.spread(fromMs, toMs, cells);
  const highest = spread.reduce((most, count) => Math.max(most, count), 0);
  const text = spread
    .map((count) => (count === 0 ? " " : (levels[Math.ceil((count / highest) * levels.length) - 1] ?? "")))
    .join("");
  return { text: text.trimEnd(), style: styles.cyan };
}

/** Renders sample records again and again, in a process of its own that `pretty` bundles; prints how long it took, as JSON. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { decodeLine } from "../../src/log/decode.ts";
import type { LogRecord } from "../../src/log/record.ts";
import { EventLines } from "../../src/terminal/event-lines.ts";
import { stylesFor } from "../../src/terminal/styles.ts";
import { exchangeFields, metaFields } from "./sample-records.ts";

export type Rendering = {
  readonly name: string;
  readonly records: number;
  readonly lines: number;
  readonly ms: number;
};

type PrettyFactory = (options: object) => (input: string | object) => string;

const exchanges = 10_000;
/** The first runs meet code that is not compiled yet. */
const runs = { warmUp: 4, measured: 11 } as const;

const [peers = ""] = process.argv.slice(2);
const { prettyFactory } = createRequire(join(peers, "package.json"))("pino-pretty") as {
  prettyFactory: PrettyFactory;
};
const pinoPretty = prettyFactory({ colorize: true });

const fields = [
  metaFields,
  ...Array.from({ length: exchanges }, (_, index) => exchangeFields(index + 1)).flat(),
];
const texts = fields.map((text, index) => {
  const time = new Date(Date.now() - 3_600_000 + index).toISOString();
  return `{"v":1,"seq":${index + 1},"time":"${time}",${text}}`;
});
const bytes = texts.map((text) => Buffer.from(text));
const records = bytes.map(recordOf);
const pinoTexts = records.map((record) => JSON.stringify(asPinoWrites(record)));
const pinoRecords = pinoTexts.map((text) => JSON.parse(text) as object);

const ways: readonly (readonly [name: string, render: () => number])[] = [
  ["mcp inspect", () => renderOwn(records)],
  ["pino-pretty, the same records", () => renderPino(records)],
  ["pino-pretty, records that pino wrote", () => renderPino(pinoRecords)],
  ["mcp inspect, from text", () => renderOwn(bytes.map(recordOf))],
  ["pino-pretty, from text, the same records", () => renderPino(texts)],
  ["pino-pretty, from text, records that pino wrote", () => renderPino(pinoTexts)],
];
process.stdout.write(JSON.stringify(ways.map(([name, render]) => measure(name, render))));

function measure(name: string, render: () => number): Rendering {
  const times: number[] = [];
  let lines = 0;
  for (let run = -runs.warmUp; run < runs.measured; run++) {
    const startedAt = performance.now();
    lines = render();
    if (run >= 0) times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { name, records: records.length, lines, ms: times[times.length >> 1] ?? NaN };
}

function renderOwn(given: readonly LogRecord[]): number {
  const styles = stylesFor({ isTTY: true }, {});
  const lines = new EventLines({ styles, width: () => 120, verbosity: "normal", showMeta: true });
  return given.reduce((count, record) => count + lines.render(record).length, 0);
}

function renderPino(given: readonly (string | object)[]): number {
  return given.reduce<number>((count, input) => count + (pinoPretty(input) === "" ? 0 : 1), 0);
}

function asPinoWrites(record: LogRecord): object {
  const { session, "gen_ai.tool.name": tool, "mcp.method.name": method } = record;
  const duration_ms = "duration_ms" in record ? record.duration_ms : undefined;
  const about = { pid: 1, hostname: "localhost", session, tool, duration_ms };
  return { level: 30, time: Date.parse(record.time), ...about, msg: method ?? record.kind };
}

function recordOf(line: Buffer): LogRecord {
  const entry = decodeLine(line, "bench");
  if (entry?.type !== "record") throw new Error("no record");
  return entry.record;
}

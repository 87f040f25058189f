/** Converts what the filters leave into a format that other programs read, piece by piece. */
import { timeOf, type Entry } from "./decode.ts";
import type { ToldEntry } from "./stories.ts";

export const exportFormats = ["har", "otlp", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type ExportChunk = {
  readonly bytes: Buffer | string;
  /** Only what the format needs around its contents. */
  readonly isEmpty: boolean;
};

/** What makes one format; texts in order are the whole document. */
export type Exporter = {
  readonly begin: () => string;
  /**
   * @param matches it is to be exported; the others only tell whose these are.
   * @returns nothing for what the format has no place for.
   */
  readonly add: (entry: Entry, matches: boolean) => string;
  /** What waited for an answer that did not come. */
  readonly rest: () => string;
  readonly end: () => string;
};

export async function* exportEntries(
  format: ExportFormat,
  batches: AsyncIterable<readonly ToldEntry[]>,
): AsyncGenerator<ExportChunk> {
  const exporter = await exporterOf(format);
  yield { bytes: exporter.begin(), isEmpty: true };
  for await (const entries of batches) {
    const text = entries.map(({ entry, matches }) => exporter.add(entry, matches)).join("");
    yield { bytes: text, isEmpty: text === "" };
  }
  const rest = exporter.rest();
  yield { bytes: rest, isEmpty: rest === "" };
  yield { bytes: exporter.end(), isEmpty: true };
}

/** Loads the one that is asked for. */
async function exporterOf(format: ExportFormat): Promise<Exporter> {
  switch (format) {
    case "har":
      return new (await import("./export-har.ts")).HarExport();
    case "otlp":
      return new (await import("./export-otlp.ts")).OtlpExport();
    case "jsonl":
      return { begin: () => "", add: jsonLine, rest: () => "", end: () => "" };
  }
}

/** Each line a record as it was written; what is none is left out. */
function jsonLine(entry: Entry, matches: boolean): string {
  return !matches || timeOf(entry) === undefined ? "" : `${entry.bytes.toString("utf8")}\n`;
}

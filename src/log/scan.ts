/** Turns blocks into entries; with a filter, decodes only the lines whose bytes can pass it. */
import { maxLineBytes, type Block } from "./blocks.ts";
import { decodeHead } from "./decode-head.ts";
import { decodeLine, tooLong, type Entry } from "./decode.ts";
import type { Filter } from "./filter.ts";

const newline = 0x0a;

export type ScanOptions = {
  readonly log: string;
  readonly filter: Filter;
  /** The bodies of messages are not looked at. */
  readonly headsOnly?: boolean | undefined;
  readonly limitBytes?: number;
};

/** The entries of these blocks that pass, in order. */
export function entriesOf(
  blocks: readonly Block[],
  { log, filter, headsOnly = false, limitBytes = maxLineBytes }: ScanOptions,
): Entry[] {
  const decode = headsOnly ? decodeHead : decodeLine;
  const entries: Entry[] = [];
  const mayPass = filter.anyOf.length === 0 ? undefined : headTest(filter.anyOf);
  const add = (entry: Entry | undefined): void => {
    if (entry !== undefined && filter.passes(entry)) entries.push(entry);
  };
  for (const block of blocks) {
    if (block.type === "too long") {
      add(tooLong(block.head, block.sizeBytes, log));
      continue;
    }
    const { bytes } = block;
    const visit = (start: number, end: number): void => {
      if (end - start > limitBytes) {
        const sizeBytes = Math.min(end + 1, bytes.length) - start;
        add(tooLong(bytes.subarray(start, start + 256), sizeBytes, log));
      } else add(decode(bytes.subarray(start, end), log));
    };
    if (mayPass === undefined) visitLines(bytes, visit);
    else
      visitLines(bytes, (start, end) => {
        if (mayPass(bytes, start, end)) visit(start, end);
      });
  }
  return entries;
}

type Visit = (start: number, end: number) => void;

function visitLines(bytes: Buffer, visit: Visit): void {
  let start = 0;
  while (start < bytes.length) {
    const end = lineEnd(bytes, start);
    visit(start, end);
    start = end + 1;
  }
}

/** All fields of a record but its body are mostly within these. */
const headBytes = 512;
const bodyKey = ',"body":';

/**
 * Tells by a line's beginning whether it may hold one of the needles: the log writes the body last, and nothing that is
 * looked for is in it. A line that does not begin as the log's do may hold anything anywhere.
 */
function headTest(needles: readonly Buffer[]): (bytes: Buffer, start: number, end: number) => boolean {
  const literals = needles.map((needle) => needle.toString("latin1").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^(?!\\{"v":)|${literals.join("|")}|${bodyKey}`);
  return (bytes, start, end) => {
    const found = pattern.exec(bytes.toString("latin1", start, Math.min(end, start + headBytes)));
    return found === null ? end - start > headBytes : found[0] !== bodyKey;
  };
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(newline, from);
  return end === -1 ? bytes.length : end;
}

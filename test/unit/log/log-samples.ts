/** Lines and scratch files for the tests of the log's readers. */
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

export const startMs = Date.parse("2026-11-23T10:00:00.000Z");

/** A record as a line without its end, the body last; one second apart. */
export function line(seq: number, { body = `line ${seq}`, ...fields }: Record<string, unknown> = {}): string {
  const time = new Date(startMs + seq * 1000).toISOString();
  return JSON.stringify({
    v: 1,
    seq,
    time,
    kind: "output",
    stream: "stderr",
    ...fields,
    body,
  });
}

export function lines(from: number, to: number): string {
  let text = "";
  for (let seq = from; seq <= to; seq += 1) text += `${line(seq)}\n`;
  return text;
}

export async function scratchFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "inspect-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function withFile<T>(
  path: string,
  content: Buffer | string,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  await writeFile(path, content);
  const file = await open(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Anything that can be in a log: records, torn ones, bytes, empty lines, no newline at the end. */
export const contents = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 999 }).map((seq) => Buffer.from(line(seq))) },
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
      fc.string({ maxLength: 20, unit: "binary" }).map((text) => Buffer.from(text.replaceAll("\n", ""))),
      fc.constant(Buffer.from(line(7).slice(0, 30))),
      fc.constant(Buffer.alloc(0)),
    ),
    { maxLength: 30 },
  )
  .chain((parts) =>
    fc.boolean().map((ended) => {
      const all = Buffer.concat(parts.flatMap((part) => [part, Buffer.from("\n")]));
      return ended ? all : all.subarray(0, -1);
    }),
  );

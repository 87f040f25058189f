/** Writes a session log of any size, as fast as the disk takes it. */
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { exchangeFields, isFailed, metaFields } from "./sample-records.ts";

export type LargeLog = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly errors: number;
};

/** What the log is the log of: its records are evenly spread over these milliseconds, the last one is of now. */
export const spanMs = 7 * 24 * 3_600_000;
const blockBytes = 4 * 2 ** 20;
const longestBytes = 2 ** 20;

/** Lets the process do other things now and then, so that it can be ended meanwhile. */
export async function writeLargeLog(path: string, wantedBytes: number): Promise<LargeLog> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w", 0o600);
  const startMs = Date.now() - spanMs;
  const block = Buffer.allocUnsafe(blockBytes + longestBytes);
  let [sizeBytes, used, lines, errors] = [0, 0, 0, 0];
  const add = (fields: string): void => {
    const time = new Date(startMs + ((sizeBytes + used) / wantedBytes) * spanMs).toISOString();
    used += block.write(`{"v":1,"seq":${(lines += 1)},"time":"${time}",${fields}}\n`, used);
  };
  const flush = async (): Promise<void> => {
    await file.write(block, 0, used);
    sizeBytes += used;
    used = 0;
  };
  try {
    add(metaFields);
    for (let exchange = 1; sizeBytes + used < wantedBytes; exchange++) {
      for (const fields of exchangeFields(exchange)) add(fields);
      if (isFailed(exchange)) errors += 1;
      if (used >= blockBytes) await flush();
    }
    await flush();
  } finally {
    await file.close();
  }
  return { path, sizeBytes, lines, errors };
}

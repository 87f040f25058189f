/** Reads the record that a log begins with, which says what the rest is about: project, process, versions. */
import { blocksForward } from "./blocks.ts";
import type { Entry } from "./decode.ts";
import { everything } from "./filter.ts";
import type { Extent } from "./history.ts";
import { openUnlessGone } from "./open-log.ts";
import { entriesOf } from "./scan.ts";

/** The record is far shorter. */
const mostBytes = 64 * 1024;

/** `undefined` if the log begins with something else. */
export async function openingOf({ path, log, endOffset }: Extent): Promise<Entry | undefined> {
  const file = await openUnlessGone(path);
  if (file === undefined) return undefined;
  try {
    const range = { startOffset: 0, endOffset: Math.min(endOffset, mostBytes), chunkBytes: mostBytes };
    for await (const blocks of blocksForward(file, range)) {
      const [first] = entriesOf(blocks, { log, filter: everything });
      if (first !== undefined)
        return first.type === "record" && first.record.kind === "meta" ? first : undefined;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

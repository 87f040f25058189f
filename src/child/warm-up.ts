/**
 * Loads and exercises, before the server's own code is known, what it will need: the packages that the last child
 * imported, the compiler, and FastMCP from the start of an HTTP server to the answer of a call. Code that has run once is
 * compiled; the first session of a cold process takes three times as long. The texts of the server's modules are compiled
 * as they are then, and used if they still are that when they are imported. It leaves nothing behind but that.
 */
import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { listen } from "./channel.ts";
import { importFastMCP } from "./load-fastmcp.ts";
import { warmFilesOf, type ImportedName, type Prepare } from "./messages.ts";
import { namesAheadUrl, textAheadUrl } from "./module-hooks.ts";
import { rehearse } from "./rehearsal.ts";

const typed = new Set([".ts", ".mts", ".cts", ".tsx"]);

/** Stops between two steps when the word comes. Never rejects: what fails here shows when the server runs. */
export async function warmUp({ entry, imported }: Prepare, running: AbortSignal): Promise<void> {
  const steps = [
    // Not yet there for an entry that is CommonJS, which may import it all the same.
    () => importFastMCP(entry),
    ...imported.packages.map((url) => () => import(url)),
    ...(typed.has(extname(entry)) ? [compile] : []),
    async () => rehearse(await importFastMCP(entry), running),
    ...imported.modules.map((url) => () => import(textAheadUrl(url, 0))),
    ...namesByModule(imported.names).map((url) => () => import(url)),
  ];
  for (const step of steps) {
    if (running.aborted) return;
    await quietly(step);
  }
}

function namesByModule(names: readonly ImportedName[]): readonly string[] {
  const byModule = new Map<string | undefined, string[]>();
  for (const { parentUrl, specifier } of names) {
    const specifiers = byModule.get(parentUrl);
    if (specifiers === undefined) byModule.set(parentUrl, [specifier]);
    else specifiers.push(specifier);
  }
  return [...byModule].map(([parentUrl, specifiers]) => namesAheadUrl(parentUrl, specifiers));
}

/** Compiles the files that are being saved, as soon as that is known. Returns what stops it. */
export function compileSaved(imported: Prepare["imported"]): () => void {
  const modules = new Set(imported.modules);
  let count = 0;
  return listen("saving", ({ file }) => {
    const { href } = pathToFileURL(file);
    count += 1;
    if (modules.has(href)) void quietly(() => import(textAheadUrl(href, count)));
  });
}

async function quietly(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch {
    // The server's own import says it better.
  }
}

/** The loader starts its compiler when it meets a text that it has not compiled before. */
async function compile(): Promise<void> {
  for (const file of warmFilesOf(tmpdir(), process.pid)) {
    // Of a process that had this id before.
    await rm(file, { force: true });
    const text = `export const warm: string = ${JSON.stringify(randomUUID())};\n`;
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
    await quietly(() => import(pathToFileURL(file).href));
    await rm(file, { force: true });
  }
}

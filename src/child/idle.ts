/** A server that does not call `start()`: starts it if the entry exports it, and else reports what can be seen of it. */
import { readFile } from "node:fs/promises";
import module from "node:module";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { report } from "./channel.ts";
import { addRequired, importsPackage } from "./imports.ts";
import { ownPorts } from "./listen.ts";
import type { IdleReport } from "./messages.ts";
import { hasStarted, madeServers } from "./observe-fastmcp.ts";

/** A server that first connects to a database needs a moment. */
const patienceMs = 3000;
const longMs = 3 * patienceMs;
/** An entry that was imported to its end is had again in no time. */
const againMs = 500;
/** Where the loader has a thread, it tells what was imported a moment later. */
const importsSettleMs = 50;

/** Nothing is done before the entry has run to its end, or has had its time. */
export function watchIdle(entry: string): void {
  process.once("beforeExit", () => void startOrReport(entry, true));
  void lookLater(entry);
}

async function lookLater(entry: string): Promise<void> {
  for (let waitedMs = patienceMs; ; waitedMs += patienceMs) {
    await setTimeout(patienceMs, undefined, { ref: false });
    if (hasStarted()) return;
    if (await isImported(entry)) break;
    if (waitedMs === patienceMs) reportIdle({ ended: false, importing: "still" });
    if (waitedMs === longMs) reportIdle({ ended: false, importing: "long" });
  }
  await startOrReport(entry, false);
}

function isImported(entry: string): Promise<boolean> {
  const imported = exportsOf(entry).then(() => true);
  return Promise.race([imported, setTimeout(againMs, false, { ref: false })]);
}

async function startOrReport(entry: string, ended: boolean): Promise<void> {
  if (hasStarted()) return;
  // Does not go on if a top-level await waits for what never comes: Node has an exit code for it.
  const exported = await exportsOf(entry);
  const isLate = !ended && (await callsStart(entry));
  const server = isLate ? undefined : exported.find(isMade);
  // It may have been started meanwhile.
  if (hasStarted()) return;
  if (server !== undefined) {
    await server.start();
    return;
  }
  if (ended) await setTimeout(importsSettleMs);
  reportIdle({ ended });
}

function reportIdle(about: Pick<IdleReport, "ended" | "importing">): void {
  addRequired();
  report({
    type: "idle",
    ...about,
    madeServer: madeServers().length > 0,
    importsFastMCP: importsPackage("fastmcp"),
    importsEdge: importsPackage("fastmcp/dist/edge"),
    importsSdk: importsPackage("@modelcontextprotocol/sdk") || importsPackage("@modelcontextprotocol/server"),
    ports: [...ownPorts],
  });
}

/** Its code starts the server that it makes, and may be about to: a database takes its time. */
async function callsStart(entry: string): Promise<boolean> {
  const code = (await readFile(entry, "utf8").catch(() => "")).replace(comment, "");
  const names = [...code.matchAll(madeName)].map(([, name = ""]) => name);
  const started = [...code.matchAll(startedName)].map(([, name = ""]) => name);
  return names.some((name) => started.includes(name));
}

const comment = /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/.*/g;
const madeName = /([\w$]+)\s*(?::[^=;\n"'`]+)?=\s*new\s+(?:[\w$]+\.)?FastMCP\b/g;
const startedName = /([\w$]+)\s*\.\s*start\s*\(/g;

type Startable = { readonly start: () => Promise<void> };

function isMade(value: unknown): value is Startable {
  return madeServers().some((server) => server === value);
}

/**
 * Values that the entry exports, none if it threw; it has run already, so this runs nothing. The default export comes first.
 * Resolves when the entry's own import does.
 */
async function exportsOf(entry: string): Promise<unknown[]> {
  const required = module.createRequire(pathToFileURL(entry)).cache[entry];
  const exported: unknown =
    required === undefined
      ? await import(pathToFileURL(entry).href).catch(() => undefined)
      : required.exports;
  if (typeof exported !== "object" || exported === null) return [];
  const values: unknown[] = [exported, ...(Object.values(exported) as unknown[])];
  return "default" in exported ? [exported.default, ...values] : values;
}

/** A server that does not call `start()`: starts it if the entry exports it, and else reports what can be seen of it. */
import { readFile } from "node:fs/promises";
import module from "node:module";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { report } from "./channel.ts";
import { addRequired, importsPackage } from "./imports.ts";
import { ownPorts } from "./listen.ts";
import { hasStarted, madeServers } from "./observe-fastmcp.ts";

/** A server that first connects to a database needs a moment. */
const patienceMs = 3000;
/** Where the loader has a thread, it tells what was imported a moment later. */
const importsSettleMs = 50;

/** Nothing is done before the entry has run to its end, or has had its time. */
export function watchIdle(entry: string): void {
  process.once("beforeExit", () => void startOrReport(entry, true));
  void setTimeout(patienceMs, undefined, { ref: false }).then(() => startOrReport(entry, false));
}

async function startOrReport(entry: string, ended: boolean): Promise<void> {
  if (hasStarted()) return;
  const isLate = !ended && (await callsStart(entry));
  const [server] = madeServers().length === 0 || isLate ? [] : (await exportsOf(entry)).filter(isMade);
  // It may have been started meanwhile.
  if (hasStarted()) return;
  if (server !== undefined) {
    await server.start();
    return;
  }
  if (ended) await setTimeout(importsSettleMs);
  addRequired();
  report({
    type: "idle",
    ended,
    madeServer: madeServers().length > 0,
    importsFastMCP: importsPackage("fastmcp"),
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

/** Values that the entry exports; it has run already, so this runs nothing. The default export comes first. */
async function exportsOf(entry: string): Promise<unknown[]> {
  const required = module.createRequire(pathToFileURL(entry)).cache[entry];
  const exported: unknown =
    required === undefined ? await import(pathToFileURL(entry).href) : required.exports;
  if (typeof exported !== "object" || exported === null) return [];
  const values: unknown[] = [exported, ...(Object.values(exported) as unknown[])];
  return "default" in exported ? [exported.default, ...values] : values;
}

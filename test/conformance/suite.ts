/** The public conformance suite: installed where only these tests see it, and run against one server. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { installModules, newerNode } from "../helpers/own-modules.ts";

const folder = import.meta.dirname;
const modules = join(folder, "node_modules");
const command = join(modules, "@modelcontextprotocol/conformance/dist/index.js");

export type Check = { readonly name: string; readonly status: string; readonly error: string | undefined };

export const installSuite = (): Promise<void> => installModules(folder);

/** Runs every server scenario; the checks come in the suite's order. */
export async function runSuite(url: URL): Promise<Check[]> {
  const results = await mkdtemp(join(tmpdir(), "mcp-conformance-"));
  try {
    const args = [command, "server", "--url", url.href, "--suite", "all", "--output-dir", results];
    // A failed check is no failed run: it is compared.
    const { all } = await execa(newerNode(folder), args, { reject: false, all: true });
    const scenarios = (await readdir(results)).sort();
    if (scenarios.length === 0) throw new Error(`the conformance suite did not run:\n${all}`);
    const checks = await Promise.all(scenarios.map((scenario) => readChecks(join(results, scenario))));
    return checks.flat();
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

const checksFile = z.array(
  z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }),
);

/** A scenario's folder is named `server-<scenario>-<time>`. */
async function readChecks(path: string): Promise<Check[]> {
  const scenario = /server-(.+)-\d{4}-\d\d-\d\dT.*$/.exec(path)?.[1] ?? path;
  const checks = checksFile.parse(JSON.parse(await readFile(join(path, "checks.json"), "utf8")));
  return checks
    .filter(({ status }) => status !== "INFO")
    .map(({ id, status, errorMessage }) => ({ name: `${scenario}: ${id}`, status, error: errorMessage }));
}

/** `mcp inspect` beside a real `mcp dev`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { execa } from "execa";
import { expect } from "vitest";
import { call, newClient, test, type DevBench } from "../helpers/mcp-dev.ts";
import { freePort, markName } from "../helpers/processes.ts";
import { root } from "../helpers/project.ts";

const bin = join(root, "bin/mcp.js");

async function inspect(bench: DevBench, cwd: string, args: readonly string[]): Promise<unknown[]> {
  const command = execa(process.execPath, [bin, "inspect", ...args], {
    cwd,
    env: bench.env,
    extendEnv: false,
  });
  const { stdout } = await command;
  return stdout.split("\n").map((line) => JSON.parse(line) as unknown);
}

test("says who a session is, what it did and how it ended", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  const { client, transport } = await bench.connect(url, { token: "right" });
  await call(client, "greet");
  await project.save("src/greeting.ts", 'export const greeting = "hi";\n');
  await records.reload("serving");
  await call(client, "greet");
  const [open] = await inspect(bench, project.folder, ["--sessions"]);
  expect(open).toMatchObject({
    session: "s1",
    client: { name: "test-client", version: "1.2.3" },
    identity: { user: "someone" },
    transport: "http",
    calls: 2,
    errors: 0,
    reloads: 1,
    state: "open",
  });
  await transport.terminateSession();
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  const [ended] = await inspect(bench, project.folder, ["--sessions"]);
  expect(ended).toMatchObject({ state: "ended", reason: expect.any(String) as unknown });
  const rows = await inspect(bench, project.folder, ["--stats", "--tool", "greet"]);
  expect(rows).toMatchObject([{ "gen_ai.tool.name": "greet", calls: 2, errors: 0, unanswered: 0 }]);
});

test("finds from anywhere what a desktop client started with hardly any environment, also what does not come up", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  const { PATH = "" } = bench.env;
  const [anywhere, home] = [project.path("src"), project.folder];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bin, "dev", "--stdio", join(project.folder, project.entry)],
    cwd: "/",
    env: { HOME: home, PATH, [markName]: bench.mark },
    stderr: "ignore",
  });
  const client = newClient();
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const connected = client.connect(transport);
  const shown = async (cwd: string): Promise<string> => {
    const env = { ...bench.env, HOME: home, XDG_RUNTIME_DIR: anywhere, TMPDIR: anywhere };
    const command = execa(process.execPath, [bin, "inspect", "--no-follow", "-x"], {
      ...{ cwd, env, extendEnv: false, reject: false },
    });
    return (await command).stdout;
  };
  try {
    await expect.poll(() => shown("/"), { timeout: 20_000 }).toMatch(/start failed[^]*src\/greeting\.ts:1:/);
    await project.greet("mended");
    await connected;
    await call(client, "greet", { name: "Ann" });
    for (const cwd of ["/", anywhere])
      expect(await shown(cwd)).toMatch(/stdio.*\n[^]*connect {2}test-client[^]*mended Ann/);
  } finally {
    await client.close();
  }
  await bench.nothingRuns();
  expect(await shown("/")).toBe("");
});

test.runIf(existsSync("/dev/full"))(
  "a full disk stops no answer, and is said once when it is noticed, and at the end",
  async ({ bench }) => {
    const project = await bench.project("keyed.ts");
    const port = String(await freePort());
    const command = bench.run(project.folder, [
      project.entry,
      "--http",
      "--port",
      port,
      "--log",
      "/dev/full",
    ]);
    let shown = "";
    command.stdout.on("data", (chunk) => (shown += String(chunk)));
    const url = new URL(`http://127.0.0.1:${port}/mcp`);
    const { client } = await bench.eventually(() => bench.connect(url).catch(() => undefined), 100);
    expect(await call(client, "greet")).toBe("Hello");
    const refusals = (text: string): string[] => text.match(/▲ the session log cannot be written.*/g) ?? [];
    await expect.poll(() => refusals(shown)).toEqual([expect.stringContaining(": ENOSPC;")]);
    command.kill("SIGTERM");
    const { stdout } = await command;
    expect(refusals(stdout)).toHaveLength(1);
    expect(stdout).toMatch(/▲ the session log lacks its last \d+ records: ENOSPC\n?$/);
  },
);

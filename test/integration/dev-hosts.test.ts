/** Which addresses `mcp dev` tells, and whose requests it answers. */
import { networkInterfaces } from "node:os";
import { expect } from "vitest";
import { exchange } from "../helpers/exchange.ts";
import { call, test } from "../helpers/mcp-dev.ts";
import { takePort } from "../helpers/processes.ts";

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4")
  .map(({ address }) => address);

test("--host 0.0.0.0 tells each address, warns once, and answers there", async ({ bench }) => {
  const project = await bench.project("slow.ts");
  const { see, screen, port } = await bench.terminal(project, { args: ["--host", "0.0.0.0"] });
  await see("h shows the keys");
  for (const address of ["localhost", ...outside])
    expect(screen()).toContain(`http://${address}:${port}/mcp`);
  // It listens on those of IPv4 alone.
  expect(screen()).not.toContain("http://[");
  expect(screen().match(/others in your network can call it too/g)).toHaveLength(1);
  for (const address of ["127.0.0.1", ...outside]) {
    const { client } = await bench.connect(new URL(`http://${address}:${port}/mcp`));
    expect(await call(client, "greet")).toBe("Hello");
  }
  const foreign = { path: "/mcp", headers: { Host: "evil.example" } };
  expect((await exchange(port, foreign)).status).toBe(403);
});

test("on loopback there is no warning", async ({ bench }) => {
  const { see, screen } = await bench.terminal(await bench.project("slow.ts"));
  await see("h shows the keys");
  expect(screen()).not.toContain("others in your network");
});

test("a foreign Host or Origin is refused, with the flag that lets it in", async ({ bench }) => {
  const { port } = await bench.http(await bench.project("slow.ts"), {
    args: ["--allow-host", "friend.example"],
  });
  const ask = (headers: Record<string, string>) => exchange(port, { path: "/ping", headers });
  for (const headers of [{ Host: "evil.example" }, { Origin: "https://evil.example" }]) {
    const { status, body } = await ask(headers);
    expect(status).toBe(403);
    expect(body).toContain("--allow-host evil.example");
  }
  for (const headers of [{ Host: "friend.example" }, { Origin: "https://friend.example:8443" }, {}])
    expect((await ask(headers)).status).toBe(200);
});

test("a taken port gives way to the next one, and the start says so", async ({ bench }) => {
  const project = await bench.project("slow.ts");
  const terminal = await bench.terminal(project);
  await terminal.see("h shows the keys");
  expect(terminal.screen()).not.toContain("is taken");
  const second = await bench.terminal(project, { args: ["--port", String(terminal.port)] });
  await second.see(`${terminal.port} is taken, so `);
  const taken = Number(/is taken, so (\d+) is used/.exec(second.screen())?.[1]);
  expect(second.screen()).toContain(`http://127.0.0.1:${taken}/mcp`);
  await expect(takePort(taken)).rejects.toThrow("EADDRINUSE");
});

/** What belongs to the address rather than to a session: custom routes and the port, through saves and crashes. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";
import { freePort } from "../helpers/processes.ts";

test("a custom route in flight at the switch is answered by the child that has it", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("routes.ts"));
  const answer = fetch(new URL("/slow", url));
  await records.next((record) => record.kind === "output" && record.body === "slow has begun");
  await project.greet("Salut");
  await records.reload("serving");
  await project.save("until", "");
  expect(await (await answer).text()).toBe("Hello");
  expect(await (await fetch(new URL("/slow", url))).text()).toBe("Salut");
});

test("a save that asks for another port: clients keep the address that they know", async ({ bench }) => {
  const project = await bench.project("routes.ts");
  const [first, second] = [await freePort(), await freePort()];
  await project.greet(String(first));
  const { records } = bench.start(project, ["--json", "--http"]);
  await records.reload("serving");
  const { client, transport } = await bench.connect(new URL(`http://127.0.0.1:${first}/mcp`));
  const id = transport.sessionId;
  await project.greet(String(second));
  await records.reload("serving");
  expect(await call(client, "greet")).toBe(String(second));
  expect(transport.sessionId).toBe(id);
});

test("a crash is noticed though a process of the server still holds its output", async ({ bench }) => {
  const { records, url } = await bench.http(await bench.project("routes.ts"));
  const { client } = await bench.connect(url);
  await expect(call(client, "crash")).rejects.toThrow("crashed");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Hello");
});

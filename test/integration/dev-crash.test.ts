/** A server that crashes is started again: at once, unless it has crashed again and again since the last save. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test("the first crash after each good save is followed by a start at once", async ({ bench }) => {
  const { project, records, client } = await bench.over("http", await bench.project("crash.ts"));
  for (const word of ["Salut", "Hallo", "Ciao", "Hej"]) {
    await project.greet(word);
    await records.reload("serving");
    await expect(call(client, "crash")).rejects.toThrow(/kaboom/);
    const crashed = await records.next((record) => record.kind === "error");
    const restarted = await records.reload("started");
    expect(restarted).toMatchObject({ trigger: "crash" });
    expect(Date.parse(restarted.time) - Date.parse(crashed.time)).toBeLessThan(900);
    await records.reload("serving");
  }
});

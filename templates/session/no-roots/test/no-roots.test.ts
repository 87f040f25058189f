/** This server does not use roots. */
import { expect, test } from "vitest";
import { connectInMemory, testServer } from "./clients.ts";

test("offers no roots tool", async () => {
  const { client, close } = await connectInMemory(testServer(), "user");
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain("listRoots");
  await close();
});

/** This server does not use roots. */
import { expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { connectInMemory, environment } from "./clients.ts";

test("offers no roots tool", async () => {
  const { client, close } = await connectInMemory(
    createServer({ environment, log: () => undefined }),
    "user",
  );
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain("listRoots");
  await close();
});

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";

test("add adds", async () => {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "test", version: "1.0.0" });
  await Promise.all([createServer().connect(theirs), client.connect(ours)]);
  const { content } = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
  expect(content).toEqual([{ type: "text", text: "5" }]);
  await client.close();
});

/** What a client has established once goes on in every child: subscriptions and the log level. */
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect } from "vitest";
import { call, newClient, test } from "../helpers/mcp-dev.ts";

test.for(["http", "stdio"] as const)("%s: a subscription and the log level", async (transport, { bench }) => {
  const client = newClient();
  const updated: string[] = [];
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    updated.push(params.uri);
  });
  const project = await bench.project("watched.ts");
  const { records } = await bench.over(transport, project, client);
  await client.subscribeResource({ uri: "watched://it" });
  await client.setLoggingLevel("error");
  /** Over stdio FastMCP tells of a change only to sessions that it has found the capabilities of. */
  const hears = async (word: string): Promise<void> => {
    const before = updated.length;
    const touched = async (): Promise<number> => {
      await project.save(`touched by ${word}`, "");
      return updated.length;
    };
    await expect.poll(touched, { timeout: 10_000 }).toBeGreaterThan(before);
  };
  await hears("Hello");
  for (const word of ["Salut", "Hola"]) {
    await project.greet(word);
    await records.reload("serving");
    // The client asks for nothing: the session is restored by itself.
    await hears(word);
  }
  expect(await call(client, "level")).toBe("Hola error");

  await client.unsubscribeResource({ uri: "watched://it" });
  const heard = updated.length;
  await project.greet("Ciao");
  await records.reload("serving");
  await expect.poll(() => call(client, "level"), { timeout: 10_000 }).toBe("Ciao error");
  await project.save("touched by Ciao", "");
  await expect.poll(() => project.has("touched by Ciao"), { timeout: 10_000 }).toBe(false);
  expect(await call(client, "level")).toBe("Ciao error");
  expect(updated).toHaveLength(heard);
});

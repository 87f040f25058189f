/** Roots: asked for when a tool needs them, and followed when the client changes them, on both transports. */
import { ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterEach, expect, test } from "vitest";
import { connectInMemory, newClient, startHttp, testServer, type Connection } from "./clients.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function clientWithRoots(roots: { uri: string; name?: string }[]): Client {
  const client = newClient({ roots: { listChanged: true } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }));
  return client;
}

async function changeRoots(
  connection: Connection,
  roots: { uri: string }[],
  change: { uri: string },
  line: () => Promise<void>,
): Promise<Record<string, unknown>> {
  expect(await connection.call("listRoots")).toMatchObject({ roots: [{ uri: "file:///one" }] });
  roots.splice(0, roots.length, change);
  const logged = line();
  await connection.client.sendRootsListChanged();
  await logged;
  return connection.call("listRoots");
}

/** A log whose lines can be waited for. */
function watchedLog() {
  let listener: (line: string) => void = () => undefined;
  const next = (part: string): Promise<void> =>
    new Promise((resolve) => {
      listener = (line) => {
        if (line.includes(part)) resolve();
      };
    });
  return { log: (line: string) => listener(line), next };
}

test("in memory", async () => {
  const roots = [{ uri: "file:///one" }];
  const { log, next } = watchedLog();
  const server = testServer({ log });
  const connection = await connectInMemory(server, "user", clientWithRoots(roots));
  closers.push(connection.close);
  const changed = await changeRoots(connection, roots, { uri: "file:///two" }, () =>
    next("rootsChanged file:///two"),
  );
  expect(changed).toEqual({ roots: [{ uri: "file:///two", name: null }] });
});

test("over HTTP", async () => {
  const roots = [{ uri: "file:///one" }];
  const { log, next } = watchedLog();
  const server = await startHttp({ log });
  closers.push(server.close);
  const connection = await server.connect("admin", clientWithRoots(roots));
  closers.push(connection.close);
  const changed = await changeRoots(connection, roots, { uri: "file:///two" }, () =>
    next("rootsChanged file:///two"),
  );
  expect(changed).toEqual({ roots: [{ uri: "file:///two", name: null }] });
});

test("a client without roots is told so", async () => {
  const connection = await connectInMemory(testServer(), "user");
  closers.push(connection.close);
  await expect(connection.call("listRoots")).rejects.toThrow(/does not support roots/);
});

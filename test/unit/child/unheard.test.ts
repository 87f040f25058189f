/** What is printed where nobody shall hear it is discarded, and what others print at the same time is not. */
import { createServer, get } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { unheard } from "../../../src/child/unheard.ts";

const heard: string[] = [];
const streams = [process.stdout, process.stderr];

beforeEach(() => {
  heard.length = 0;
  for (const stream of streams)
    vi.spyOn(stream, "write").mockImplementation((chunk) => heard.push(String(chunk)) > 0);
});
afterEach(() => vi.restoreAllMocks());

test("what a server prints for a request, on both streams, also behind the answer", async () => {
  await unheard(async () => {
    const server = createServer((_request, response) => {
      process.stdout.write("request\n");
      response.end();
      void Promise.resolve().then(() => process.stderr.write("behind the answer\n"));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const [response] = (await once(get({ port, host: "127.0.0.1", agent: false }), "response")) as [
      NodeJS.ReadableStream,
    ];
    await once(response.resume(), "end");
    server.close();
    await once(server, "close");
    queueMicrotask(() => process.stdout.write("at the very end\n"));
  });
  expect(heard).toEqual([]);
});

test("others are heard meanwhile, and everybody afterwards", async () => {
  const others = sleep(5).then(() => process.stdout.write("others\n"));
  await unheard(async () => {
    await sleep(10);
    process.stdout.write("unheard\n");
  });
  await others;
  process.stdout.write("afterwards\n");
  expect(heard).toEqual(["others\n", "afterwards\n"]);
});

test("who waits for what is discarded goes on", async () => {
  await unheard(() => new Promise<void>((resolve) => process.stdout.write("unheard\n", () => resolve())));
  expect(heard).toEqual([]);
});

test("what a server puts before a stream meanwhile stays", async () => {
  const own: string[] = [];
  await unheard(async () => {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (chunk: string | Uint8Array): boolean => {
      own.push(String(chunk));
      return write(chunk);
    };
    await sleep(1);
  });
  process.stdout.write("afterwards\n");
  expect([own, heard]).toEqual([["afterwards\n"], ["afterwards\n"]]);
});

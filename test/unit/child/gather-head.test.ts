/** A head that is flushed, as a client and the server's own code see it. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type * as Timers from "node:timers";
import { expect, onTestFinished, test, vi } from "vitest";
import { gatherHead } from "../../../src/child/gather-head.ts";

const clock = vi.hoisted(() => ({ stands: false }));
vi.mock("node:timers", async (original) => {
  const real = await original<typeof Timers>();
  const setTimeout = (action: () => void, delayMs: number): NodeJS.Timeout =>
    real.setTimeout(() => (clock.stands ? undefined : action()), delayMs);
  return { ...real, setTimeout };
});

/** The parts of an answer as they arrive, each a read of its own. `arrived` resolves with the first. */
async function parts(
  answer: (response: ServerResponse, arrived: Promise<unknown>) => void,
  method = "GET",
): Promise<string[]> {
  let tell: (part: Buffer) => void = () => undefined;
  const arrived = new Promise<Buffer>((resolve) => (tell = resolve));
  const server = createServer((_request, response) => {
    gatherHead(response);
    answer(response, arrived);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const read: string[] = [];
  socket.on("data", (chunk: Buffer) => read.push(chunk.toString())).once("data", tell);
  socket.write(`${method} / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
  await once(socket, "close");
  return read;
}

test("a head and what follows at once arrive together, framed as without", async () => {
  const read = await parts((response) => {
    response.flushHeaders();
    response.end("all");
  });
  expect(read).toHaveLength(1);
  expect(read[0]).toMatch(/transfer-encoding: chunked\r\n[\s\S]*\r\n3\r\nall\r\n0\r\n\r\n$/i);
});

test("a head that nothing follows arrives", async () => {
  const read = await parts((response, arrived) => {
    response.setHeader("X-Mine", "1").flushHeaders();
    void arrived.then(() => response.end("later"));
  });
  expect(read[0]).toMatch(/x-mine: 1\r\n[\s\S]*\r\n\r\n$/i);
  expect(read.slice(1).join("")).toContain("later");
});

test("the server's code finds the head sent, and cannot change it any more", async () => {
  const seen: unknown[] = [];
  await parts((response) => {
    response.flushHeaders();
    seen.push(response.headersSent);
    try {
      response.setHeader("X-Late", "1");
    } catch (error) {
      seen.push((error as { code?: string }).code);
    }
    response.end();
  });
  expect(seen).toEqual([true, "ERR_HTTP_HEADERS_SENT"]);
});

test("the answer to a call, which comes some turns later, takes the head along", async () => {
  clock.stands = true;
  onTestFinished(() => void (clock.stands = false));
  const read = await parts((response) => {
    response.flushHeaders();
    setImmediate(() => setImmediate(() => response.end("all")));
  }, "POST");
  expect(read).toHaveLength(1);
  expect(read[0]).toMatch(/\r\n3\r\nall\r\n0\r\n\r\n$/i);
});

test("the head of an answer to a call that takes its time arrives", async () => {
  const read = await parts((response, arrived) => {
    response.flushHeaders();
    void arrived.then(() => response.end("later"));
  }, "POST");
  expect(read[0]).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  expect(read.slice(1).join("")).toContain("later");
});

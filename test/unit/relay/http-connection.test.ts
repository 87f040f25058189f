/** Connections to a real server of Node's: what arrives, what is kept open, what breaks. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createNetServer } from "node:net";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Departure } from "../../../src/relay/departure.ts";
import type { UpstreamRequest } from "../../../src/relay/http-connection.ts";
import { readBody, sendUpstream, type HttpUpstream } from "../../../src/relay/http-upstream.ts";
import { listeningChild } from "./http-bench.ts";

const serving = (listener: RequestListener): Promise<HttpUpstream> => listeningChild(createServer(listener));

/** A server that sends these bytes to whoever connects, and closes. */
const sending = (text: string): Promise<HttpUpstream> =>
  listeningChild(createNetServer((socket) => void socket.on("error", () => undefined).end(text)));

const ask = (request: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: "POST",
  path: "/mcp",
  headers: ["Host", "here"],
  ...request,
});

/** A body that comes as a client sends it. */
function streamed(length?: number): PassThrough & IncomingMessage {
  const headers = length === undefined ? {} : { "content-length": String(length) };
  const body = Object.assign(new PassThrough(), { headers, complete: false });
  body.once("end", () => (body.complete = true));
  return body as unknown as PassThrough & IncomingMessage;
}

const echo: RequestListener = (request, response) => {
  void readBody(request).then((body) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: body.toString() }));
  });
};

type Echo = { method: string; url: string; headers: Record<string, string>; body: string };
async function echoed(upstream: HttpUpstream, request: UpstreamRequest): Promise<Echo> {
  return JSON.parse((await (await sendUpstream(upstream, request)).body()).toString()) as Echo;
}

class Told<Value> {
  resolve: (value: Value) => void = () => undefined;
  readonly promise = new Promise<Value>((resolve) => (this.resolve = resolve));
}

test("a request arrives as it was given, of any size", async () => {
  const upstream = await serving(echo);
  for (const size of [0, 1, 20_000, 2_000_000]) {
    const body = Buffer.alloc(size, "é");
    const seen = await echoed(upstream, ask({ path: "/a?b=c", headers: ["Host", "h", "X-Mine", "ü"], body }));
    expect([seen.method, seen.url, seen.headers["x-mine"], seen.headers["host"]]).toEqual([
      "POST",
      "/a?b=c",
      "ü",
      "h",
    ]);
    expect(seen.body).toBe(body.toString());
  }
  const without = await echoed(upstream, ask());
  expect([without.headers["content-length"], without.body]).toEqual(["0", ""]);
});

test.each([undefined, 6])("a body that comes in parts, with length %s", async (length) => {
  const upstream = await serving(echo);
  const body = streamed(length);
  const answer = echoed(upstream, ask({ body }));
  body.write("abc");
  body.end("def");
  const seen = await answer;
  expect(seen.body).toBe("abcdef");
  expect(seen.headers["content-length"]).toBe(length === undefined ? undefined : "6");
});

test("a connection is used again, unless the server is about to close it", async () => {
  const ports: (number | undefined)[] = [];
  let keepAlive = "timeout=60";
  const upstream = await serving((request, response) => {
    ports.push(request.socket.remotePort);
    response.setHeader("Keep-Alive", keepAlive).end("ok");
  });
  const call = async (): Promise<Buffer> => (await sendUpstream(upstream, ask())).body();
  await call();
  keepAlive = "timeout=1";
  await call();
  await call();
  expect(new Set(ports).size).toBe(2);
  expect(ports[1]).toBe(ports[0]);
});

test("a connection that the server closes while it is idle is not used again", async () => {
  const server = createServer((_request, response) => response.end("ok"));
  const upstream = await listeningChild(server);
  const call = async (): Promise<string> => (await (await sendUpstream(upstream, ask())).body()).toString();
  await call();
  server.closeIdleConnections();
  const answers = (): Promise<string> => call().catch(() => "not yet noticed");
  await expect.poll(answers).toBe("ok");
});

test("who leaves breaks off its request, before the answer and in the middle of it", async () => {
  for (const begun of [false, true]) {
    const closed = new Told<boolean>();
    const upstream = await serving((_request, response) => {
      response.once("close", () => closed.resolve(response.writableFinished));
      if (begun) response.write("begun");
      else leaving.abort();
    });
    const leaving = new Departure();
    const answer = sendUpstream(upstream, ask({ signal: leaving }));
    if (begun) {
      const body = (await answer).body();
      leaving.abort();
      await expect(body).rejects.toThrow();
    } else await expect(answer).rejects.toThrow("socket hang up");
    expect(await closed.promise).toBe(false);
  }
});

test("an answer that breaks off is an error, and one that ends with its connection is none", async () => {
  const broken = await sending("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  await expect(sendUpstream(broken, ask()).then((answer) => answer.body())).rejects.toThrow("socket hang up");
  const none = await sending("");
  await expect(sendUpstream(none, ask())).rejects.toThrow("socket hang up");
  const other = await sending("SSH-2.0\r\n\r\n");
  await expect(sendUpstream(other, ask())).rejects.toThrow("does not begin as HTTP");
  const whole = await sending("HTTP/1.0 200 OK\r\n\r\nwhole");
  expect((await sendUpstream(whole, ask()).then((answer) => answer.body())).toString()).toBe("whole");
});

test("an answer before the body is there is passed on", async () => {
  const upstream = await serving((_request, response) => {
    response.writeHead(413, { Connection: "close" }).end("too much");
  });
  const body = streamed();
  body.write("a");
  const answer = await sendUpstream(upstream, ask({ body }));
  expect([answer.statusCode, (await answer.body()).toString()]).toEqual([413, "too much"]);
});

test("an answer that is there is read although what is written meanwhile arrives nowhere", async () => {
  const body = streamed();
  const server = createNetServer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\n\r\ntoo much");
      socket.resetAndDestroy();
      // Before anybody has had a chance to read.
      for (let count = 0; count < 3; count++) body.write("more");
    });
  });
  const upstream = await listeningChild(server);
  body.write("a");
  const answer = await sendUpstream(upstream, ask({ body }));
  expect([answer.statusCode, (await answer.body()).toString()]).toEqual([413, "too much"]);
  server.removeAllListeners("connection").on("connection", (socket) => {
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  expect((await sendUpstream(upstream, ask())).statusCode).toBe(200);
});

test("an answer whose end is that of its connection is not taken for whole when the connection breaks", async () => {
  const body = streamed();
  const upstream = await listeningChild(
    createNetServer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\nhalf");
        socket.resetAndDestroy();
        body.write("more");
      });
    }),
  );
  body.write("a");
  const answer = await sendUpstream(upstream, ask({ body }));
  await expect(answer.body()).rejects.toThrow();
});

test("a server may read on behind its answer, and the connection serves on", async () => {
  const ports: (number | undefined)[] = [];
  const read = new Told<string>();
  const upstream = await serving((request, response) => {
    ports.push(request.socket.remotePort);
    response.end("taken");
    void readBody(request).then((body) => read.resolve(body.toString()));
  });
  const body = streamed();
  body.write("first");
  const answer = await sendUpstream(upstream, ask({ body }));
  expect((await answer.body()).toString()).toBe("taken");
  body.end(", second");
  expect(await read.promise).toBe("first, second");
  await (await sendUpstream(upstream, ask())).body();
  expect(ports[1]).toBe(ports[0]);
});

test("what nobody reads any more can be sent to its end", async () => {
  const upstream = await serving((_request, response) => {
    response.writeHead(413, { Connection: "close" }).end("too much");
  });
  const body = streamed();
  const answer = sendUpstream(upstream, ask({ body }));
  const part = Buffer.alloc(1024 * 1024);
  for (let count = 0; count < 20; count++) body.write(part);
  body.end();
  expect((await answer).statusCode).toBe(413);
  (await answer).discard();
  if (!body.readableEnded) await once(body, "end");
});

test("a client that leaves in the middle of its body leaves the server too", async () => {
  const [arrived, aborted] = [new Told<undefined>(), new Told<undefined>()];
  const upstream = await serving((request) => {
    request.once("error", () => aborted.resolve(undefined)).resume();
    arrived.resolve(undefined);
  });
  const body = streamed();
  const answer = sendUpstream(upstream, ask({ body })).then(
    () => "answered",
    () => "broken off",
  );
  body.write("a");
  await arrived.promise;
  body.destroy();
  expect(await answer).toBe("broken off");
  await aborted.promise;
});

test("what cannot be written as HTTP is refused, and the connection serves on", async () => {
  let connections = 0;
  const server = createServer(echo).on("connection", () => connections++);
  const upstream = await listeningChild(server);
  await echoed(upstream, ask());
  const refusal = sendUpstream(upstream, ask({ headers: ["X-Id", "a\r\nX-Other: b"] }));
  await expect(refusal).rejects.toThrow("X-Id");
  await expect(sendUpstream(upstream, ask({ path: "/a b" }))).rejects.toThrow("path");
  await echoed(upstream, ask());
  expect(connections).toBe(1);
});

test("a slow reader holds the server back, and gets everything", async () => {
  const part = Buffer.alloc(64 * 1024, "x");
  const count = 400;
  let written = 0;
  let held = false;
  const upstream = await serving((_request, response) => {
    const pump = (): void => {
      held = false;
      while (written < count && !held) {
        written++;
        held = !response.write(part);
      }
      if (written < count) response.once("drain", pump);
      else response.end();
    };
    pump();
  });
  const answer = await sendUpstream(upstream, ask());
  let before = 0;
  const isHeld = (): boolean => {
    const isSame = held && written === before;
    before = written;
    return isSame;
  };
  await expect.poll(isHeld, { interval: 50 }).toBe(true);
  expect(written).toBeLessThan(count);
  expect((await answer.body()).length).toBe(count * part.length);
});

test("where nobody listens any more a server that goes away is noticed, however slow the reader was", async () => {
  const ended = new Told<void>();
  const part = Buffer.alloc(64 * 1024, "x");
  const upstream = await serving((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write(part);
    void ended.promise.then(() => response.destroy());
  });
  const answer = await sendUpstream(upstream, ask({ method: "GET", isEndless: true }));
  answer.read({ data: () => answer.pause(), end: () => undefined, broken: () => undefined });
  await expect.poll(() => answer.isPaused).toBe(true);
  answer.discard();
  ended.resolve();
  await expect.poll(() => answer.isOver).toBe(true);
});

test("a child that is left breaks off what somebody waits for, and leaves open what nobody does", async () => {
  const open = new Set<string>();
  const upstream = await serving((request, response) => {
    const { url = "" } = request;
    open.add(url);
    response.once("close", () => open.delete(url));
    if (url !== "/headless") response.writeHead(url === "/refused" ? 405 : 200).flushHeaders();
  });
  const endless = ask({ method: "GET", isEndless: true });
  await sendUpstream(upstream, { ...endless, path: "/stream" });
  const refusal = (await sendUpstream(upstream, { ...endless, path: "/refused" })).body();
  const headless = sendUpstream(upstream, { ...endless, path: "/headless" });
  const call = (await sendUpstream(upstream, ask({ path: "/call" }))).body();
  await expect.poll(() => open.size).toBe(4);
  const ends = Promise.allSettled([refusal, headless, call]);
  upstream.connections.leave();
  for (const end of await ends)
    expect(end).toMatchObject({ status: "rejected", reason: { code: "ECONNRESET" } });
  await expect.poll(() => [...open]).toEqual(["/stream"]);
});

/** The client-facing half of the dev server, over one transport, and what fakes fit to it. */
import { PassThrough } from "node:stream";
import type { Front } from "../../src/dev/front.ts";
import { HttpFront } from "../../src/dev/http-front.ts";
import { StdioFront } from "../../src/dev/stdio-front.ts";
import type { RecordInput } from "../../src/log/record.ts";
import type { Bounds } from "../../src/relay/generations.ts";
import { serialNames } from "../../src/relay/session-names.ts";
import type { FakeChild } from "./fake-child.ts";
import type { FakeClient } from "./fake-client.ts";
import { FakeHttpChild } from "./fake-http-child.ts";
import { FakeHttpClient } from "./fake-http-client.ts";
import { FakeStdioChild } from "./fake-stdio-child.ts";
import { FakeStdioClient } from "./fake-stdio-client.ts";

export type Transport = "http" | "stdio";

export type Stage = {
  readonly front: Front;
  /** Whether the client of a pipe has left, and everything ends. */
  readonly isOver: () => boolean;
  /** A child that could serve at once. */
  readonly newChild: () => Promise<FakeChild>;
  /** Undefined: there is room for no more. */
  readonly newClient: (
    name: string,
    servedBy: () => number,
    note: (line: string) => void,
  ) => FakeClient | undefined;
};

const clientsMax = 3;

export function newStage(
  transport: Transport,
  bounds: Bounds,
  recorder: (record: RecordInput) => void,
): Promise<Stage> {
  return transport === "http" ? httpStage(bounds, recorder) : Promise.resolve(stdioStage(bounds, recorder));
}

async function httpStage(bounds: Bounds, recorder: (record: RecordInput) => void): Promise<Stage> {
  const front = new HttpFront({
    recorder,
    nextName: serialNames(),
    bounds,
    host: "127.0.0.1",
    port: 0,
    strictPort: true,
    allowedHosts: [],
  });
  await front.listen(undefined);
  let count = 0;
  return {
    front,
    isOver: () => false,
    newChild: () => FakeHttpChild.create(front),
    newClient: (...about) =>
      count++ < clientsMax ? new FakeHttpClient(front.address.port, ...about) : undefined,
  };
}

function stdioStage(bounds: Bounds, recorder: (record: RecordInput) => void): Stage {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const front = new StdioFront({
    input,
    output,
    recorder,
    nextName: serialNames(),
    bounds,
    drainTimeoutMs: 60_000,
  });
  let isOver = false;
  void front.closedByClient.then(() => {
    isOver = true;
    return front.close("the client left");
  });
  let count = 0;
  return {
    front,
    isOver: () => isOver,
    newChild: () => Promise.resolve(new FakeStdioChild(front)),
    newClient: (...about) =>
      count++ === 0 ? new FakeStdioClient({ toServer: input, fromServer: output }, ...about) : undefined,
  };
}

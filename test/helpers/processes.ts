/** Finds the processes that a test has started, however far down, by a mark in their environment. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { execa } from "execa";

export const markName = "MCP_DEV_TEST_MARK";

/** Ids of the living processes that carry the mark. */
export async function markedProcesses(mark: string): Promise<number[]> {
  const { stdout } = await execa("ps", ["axeww", "-o", "pid=,stat=,command="]);
  return stdout
    .split("\n")
    .filter((line) => line.includes(`${markName}=${mark}`) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** Holds a port until the returned function is called. */
export async function takePort(port: number): Promise<() => Promise<void>> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return async () => {
    server.close();
    await once(server, "close");
  };
}

/** Whether somebody answers on that port. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}

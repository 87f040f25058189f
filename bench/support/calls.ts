/** Times calls one after the other, and counts how many go through at once. */
import { HttpClient } from "./http-client.ts";

/** Milliseconds of each call. */
export async function timeCalls(client: HttpClient, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call++) {
    const startedAt = performance.now();
    await client.call();
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** Calls a second that these clients get answered, each calling without a pause. */
export async function throughput(clients: readonly HttpClient[], durationMs: number): Promise<number> {
  const startedAt = performance.now();
  let answered = 0;
  const caller = async (client: HttpClient): Promise<void> => {
    while (performance.now() - startedAt < durationMs) {
      await client.call();
      answered += 1;
    }
  };
  await Promise.all(clients.map(caller));
  return (answered * 1000) / (performance.now() - startedAt);
}

export async function connectClients(port: number, count: number): Promise<readonly HttpClient[]> {
  const clients: HttpClient[] = [];
  for (let index = 0; index < count; index++) {
    const client = new HttpClient({ port });
    await client.connect();
    clients.push(client);
  }
  return clients;
}

/** Everybody gets in, except a web page that should not. */
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthentication } from "../src/auth.ts";
import { initialize, startHttp, type HttpServer } from "./clients.ts";

let server: HttpServer;

beforeAll(async () => {
  server = await startHttp();
});
afterAll(() => server.close());

const refuseStdio = (reason: string): never => {
  throw new Error(reason);
};

test("a client without any credential is served, as the role user", async () => {
  const connection = await server.connect("user");
  expect(await connection.call("whoami")).toMatchObject({ user: "anyone", role: "user" });
  await connection.close();
});

test("over stdio too", async () => {
  const { authenticate } = createAuthentication({ environment: {}, log: () => undefined, refuseStdio });
  expect(await authenticate(undefined)).toEqual({ user: "anyone", role: "user", transport: "stdio" });
});

test("a page from elsewhere is refused, one from this machine is not", async () => {
  expect((await server.post(initialize, { origin: "https://evil.example" })).status).toBe(403);
  expect((await server.post(initialize, { origin: "null" })).status).toBe(403);
  expect((await server.post(initialize, { origin: "http://localhost:3000" })).status).toBe(200);
});

test("a foreign name for this machine is refused, unless ALLOWED_HOSTS has it", async () => {
  expect(await statusFor("evil.example")).toBe(403);
  const environment = { ALLOWED_HOSTS: "mcp.example, other.example" };
  const { authenticate } = createAuthentication({ environment, log: () => undefined, refuseStdio });
  const named = (host: string) => authenticate({ headers: { host } } as Parameters<typeof authenticate>[0]);
  expect(await named("mcp.example:8080")).toMatchObject({ user: "anyone" });
  expect(() => named("evil.example")).toThrow();
});

test("the older transport, whose messages nobody looks at, is not opened", async () => {
  expect((await fetch(new URL("/sse", server.url))).status).toBe(404);
});

/** fetch does not let a caller choose the Host header. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(server.url, { method: "POST", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end("{}");
  });
}

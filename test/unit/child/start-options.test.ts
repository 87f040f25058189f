/** What a server asks `start()` for, read in FastMCP's own order. */
import { expect, test } from "vitest";
import { askedStart, type StartOptions } from "../../../src/child/start-options.ts";

const asked = (start?: StartOptions, argv: string[] = [], env: Record<string, string> = {}) =>
  askedStart(start, { name: "n", version: "1.0.0" }, argv, env);

test("nothing said: stdio and 8080, and both only by default", () => {
  expect(asked()).toMatchObject({
    transport: "stdio",
    byDefault: true,
    port: 8080,
    portByDefault: true,
    endpoint: "/mcp",
    stateless: false,
  });
});

test("options beat arguments, which beat the environment", () => {
  const argv = ["--transport", "http-stream", "--port", "2"];
  const env = { FASTMCP_TRANSPORT: "stdio", FASTMCP_PORT: "3", FASTMCP_HOST: "0.0.0.0" };
  expect(asked({ transportType: "stdio", httpStream: { port: 1 } }, argv, env)).toMatchObject({
    transport: "stdio",
    byDefault: false,
    port: 1,
  });
  expect(asked(undefined, argv, env)).toMatchObject({ transport: "httpStream", port: 2, host: "0.0.0.0" });
  expect(asked(undefined, [], env)).toMatchObject({ transport: "stdio", port: 3, portByDefault: false });
});

test.each([
  [{}, "/mcp"],
  [{ endpoint: "stream" }, "/stream"],
  [{ basePath: "/api/", endpoint: "/mcp" }, "/api/mcp"],
] as const)("%j is served at %s", (httpStream, endpoint) => {
  expect(asked({ httpStream }).endpoint).toBe(endpoint);
});

test("stateless from each of the three", () => {
  expect(asked({ httpStream: { stateless: true } }).stateless).toBe(true);
  expect(asked(undefined, ["--stateless", "true"]).stateless).toBe(true);
  expect(asked(undefined, [], { FASTMCP_STATELESS: "true" }).stateless).toBe(true);
});

test("TLS files are named where they are given", () => {
  expect(asked({ httpStream: { sslCert: "c", sslKey: "k" } }).tls).toEqual({ cert: "c", key: "k" });
  expect(asked()).not.toHaveProperty("tls");
});

test("how callers prove who they are", () => {
  const signIn = (options: object): unknown =>
    askedStart(undefined, { name: "n", version: "1.0.0", ...options }, [], {}).signIn;
  expect(signIn({})).toBeUndefined();
  expect(signIn({ authenticate: () => undefined })).toBe("authenticate");
  expect(signIn({ authenticate: () => undefined, oauth: { enabled: true } })).toBe("oauth");
  expect(signIn({ auth: {} })).toBe("oauth");
  expect(signIn({ oauth: { enabled: false } })).toBeUndefined();
  const oauth = { enabled: true, protectedResource: { resource: "http://127.0.0.1:8080" } };
  expect(askedStart(undefined, { name: "n", version: "1.0.0", oauth }, [], {}).resource).toBe(
    "http://127.0.0.1:8080",
  );
});

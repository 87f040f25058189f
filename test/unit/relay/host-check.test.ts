/** DNS rebinding: a foreign name that leads here is refused, whoever says it. */
import { expect, test } from "vitest";
import { HostCheck } from "../../../src/relay/host-check.ts";
import { incoming } from "./incoming.ts";

const check = new HostCheck(["Dev.Example"]);
const refuse = (headers: Record<string, string>): string | undefined => check.refuse(incoming(headers));

test.each(["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "LOCALHOST:80", "dev.example:443"])(
  "Host: %s is welcome",
  (host) => expect(refuse({ host })).toBeUndefined(),
);

test.each([
  "evil.example",
  "localhost.evil.example:80",
  "127.0.0.1.evil.example",
  "evil.example:8080",
  "",
  "a b",
])("Host: %j is refused", (host) => expect(refuse({ host })).toMatch(/^Invalid Host/));

test("an origin must be one of ours", () => {
  expect(refuse({ host: "localhost", origin: "http://localhost:5173" })).toBeUndefined();
  expect(refuse({ host: "localhost", origin: "https://dev.example" })).toBeUndefined();
  expect(refuse({ host: "localhost", origin: "http://evil.example" })).toMatch(/^Invalid Origin/);
  expect(refuse({ host: "localhost", origin: "http://localhost@evil.example" })).toMatch(/^Invalid Origin/);
});

test("null is anybody's origin: accepted only where it was allowed by name", () => {
  const headers = { host: "localhost", origin: "null" };
  expect(refuse(headers)).toMatch(/^Invalid Origin: null/);
  expect(new HostCheck(["null"]).refuse(incoming(headers))).toBeUndefined();
});

test("a refusal names the flag that accepts it", () => {
  expect(refuse({ host: "my.example:8080" })).toContain("mcp dev --allow-host my.example)");
  expect(refuse({ host: "localhost", origin: "https://my.example" })).toContain("--allow-host my.example)");
});

test("a client of HTTP/1.0 sends no Host", () => {
  expect(refuse({})).toBeUndefined();
});

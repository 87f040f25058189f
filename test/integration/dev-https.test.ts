/** A server that serves HTTPS is served over HTTPS, from the first start on or as soon as it can be started. */
import { once } from "node:events";
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { execa } from "execa";
import { expect } from "vitest";
import { readBody } from "../../src/relay/http-upstream.ts";
import { initializeRequest, test } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

async function certify({ folder }: Project): Promise<void> {
  const files = ["-keyout", "key.pem", "-out", "cert.pem"];
  const subject = ["-subj", "/CN=localhost", "-days", "1"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await execa("openssl", ["req", "-x509", ...key, ...files, ...subject], { cwd: folder });
}

async function initialize(port: number): Promise<string> {
  const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
  const options = {
    host: "127.0.0.1",
    port,
    path: "/mcp",
    method: "POST",
    headers,
    rejectUnauthorized: false,
  };
  const sent = request(options).end(JSON.stringify(initializeRequest));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return (await readBody(response)).toString();
}

test("HTTPS, through a save", async ({ bench }) => {
  const project = await bench.project("secure.ts");
  await certify(project);
  const { records, port } = await bench.http(project);
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  expect(meta).toMatchObject({ url: `https://127.0.0.1:${port}/mcp` });
  expect(await initialize(port)).toContain('"name":"secure"');
  await project.greet("Salut");
  await records.reload("serving");
  expect(await initialize(port)).toContain('"name":"secure"');
});

test("HTTPS after a first start that failed", async ({ bench }) => {
  const project = await bench.project("secure.ts");
  await certify(project);
  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const { records, port } = await bench.http(project, { serving: false });
  await records.next((record) => record.kind === "meta" && record.url !== undefined);
  await project.greet("Salut");
  await records.reload("serving");
  expect(await initialize(port)).toContain('"name":"secure"');
});

/** Signing in: what a client is told, what survives a restart, and who is refused. */
import { afterEach, expect, test } from "vitest";
import { createTokenVerifier } from "../src/token-verifier.ts";
import { InvalidToken } from "../src/users.ts";
import { environment, initialize, startHttp, type HttpServer } from "./clients.ts";
import { authEnvironment, signIn, stdioToken } from "./credentials.ts";

const servers: HttpServer[] = [];

async function start(): Promise<HttpServer> {
  const server = await startHttp();
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

test("a client without a token is told where to sign in", async () => {
  const { post, url } = await start();
  const challenge = (await post(initialize)).headers.get("www-authenticate") ?? "";
  const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? "";
  expect(metadataUrl).toBe(`${url.origin}/.well-known/oauth-protected-resource`);
  expect(await (await fetch(metadataUrl)).json()).toMatchObject({ authorization_servers: [url.origin] });
});

test("a token is good after a restart of the server, and only for this server", async () => {
  const { url } = await start();
  const { authorization = "" } = await signIn(url, "user");
  const token = authorization.replace("Bearer ", "");
  const restarted = createTokenVerifier({ ...environment, PORT: url.port });
  expect(await restarted.verify(token, "http")).toEqual({ user: "user", role: "user" });
  const another = createTokenVerifier({ ...environment, PORT: url.port, OAUTH_SIGNING_KEY: "another" });
  await expect(another.verify(token, "http")).rejects.toThrow(InvalidToken);
});

test("the provider's own tokens are good over stdio only", async () => {
  const { verify } = createTokenVerifier(environment);
  const token = await stdioToken("admin");
  expect(await verify(token, "stdio")).toEqual({ user: "admin", role: "admin" });
  await expect(verify(token, "http")).rejects.toThrow(InvalidToken);
  await expect(verify("wrong", "stdio")).rejects.toThrow(InvalidToken);
});

test("a provider that does not answer is not the token's fault", async () => {
  const { verify } = createTokenVerifier({ ...environment, OAUTH_USER_URL: "http://127.0.0.1:1/user" });
  const outcome = verify(await stdioToken("user"), "stdio");
  await expect(outcome).rejects.toThrow();
  await expect(outcome).rejects.not.toBeInstanceOf(InvalidToken);
});

test("nobody is sent back to a stranger's page, and editors to where they want", async () => {
  const { url } = await start();
  const register = (...redirects: string[]): Promise<Response> =>
    fetch(new URL("/oauth/register", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ redirect_uris: redirects }),
    });
  expect((await register("https://evil.example/callback")).status).toBe(400);
  expect((await register("https://vscode.dev/redirect/../evil")).status).toBe(400);
  expect((await register("http://localhost:4000/callback")).status).toBe(201);
  const vsCode = ["https://insiders.vscode.dev/redirect", "https://vscode.dev/redirect"];
  expect((await register(...vsCode, "http://127.0.0.1/", "http://127.0.0.1:33418/")).status).toBe(201);
  const cursor = ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback"];
  expect((await register(...cursor, "https://www.cursor.com/agents/mcp/oauth/callback")).status).toBe(201);
});

test("what is missing or wrong in the environment is said at the start", () => {
  expect(() => createTokenVerifier({})).toThrow(/OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET/);
  expect(() => createTokenVerifier({ ...authEnvironment, PUBLIC_URL: "example.com" })).toThrow(/PUBLIC_URL/);
});

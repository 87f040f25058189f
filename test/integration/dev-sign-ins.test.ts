/** Callers who have signed in through FastMCP's OAuth proxy stay signed in, whose memory a save would take away. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { call, test as base } from "../helpers/mcp-dev.ts";

/** A provider that gives tokens to everybody; its address. */
const test = base.extend<{ provider: string }>({
  // eslint-disable-next-line no-empty-pattern -- the form that vitest wants
  provider: async ({}, use) => {
    let count = 0;
    const server = createServer((_request, response) => {
      const tokens = { access_token: `a${++count}`, refresh_token: "r", scope: "openid" };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...tokens, token_type: "Bearer", expires_in: 3600 }));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
  },
});

const redirect = "http://localhost:9/callback";
const verifier = "v".repeat(50);

type Tokens = { readonly access_token: string; readonly refresh_token: string };

/** A client of the server, as far as its sign-in goes. */
async function register({ origin }: URL) {
  const answer = await fetch(`${origin}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "test", redirect_uris: [redirect] }),
  });
  const { client_id } = (await answer.json()) as { client_id: string };
  const location = async (path: string, query: Record<string, string>): Promise<URL> => {
    const at = `${origin}${path}?${new URLSearchParams(query).toString()}`;
    const { headers } = await fetch(at, { redirect: "manual" });
    return new URL(headers.get("location") ?? "");
  };
  const tokens = async (form: Record<string, string>): Promise<Tokens> => {
    const body = new URLSearchParams({ client_id, ...form });
    const said = await fetch(`${origin}/oauth/token`, { method: "POST", body });
    expect(said.status).toBe(200);
    return (await said.json()) as Tokens;
  };
  return {
    /** Sends the user to the provider; the result is what the provider would send back. */
    askProvider: async (): Promise<string> => {
      const asked = { response_type: "code", client_id, redirect_uri: redirect, state: "s", scope: "openid" };
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const proof = { code_challenge: challenge, code_challenge_method: "S256" };
      return (await location("/oauth/authorize", { ...asked, ...proof })).searchParams.get("state") ?? "";
    },
    comeBack: async (state: string): Promise<Tokens> => {
      const code = (await location("/oauth/callback", { code: "c", state })).searchParams.get("code") ?? "";
      const grant = { grant_type: "authorization_code", code, redirect_uri: redirect };
      return tokens({ ...grant, code_verifier: verifier });
    },
    refresh: ({ refresh_token }: Tokens) => tokens({ grant_type: "refresh_token", refresh_token }),
  };
}

test("who has signed in stays signed in after saves, and can refresh", async ({ bench, provider }) => {
  const project = await bench.project("signing-in.ts");
  await project.save(".env", `PROVIDER=${provider}\n`);
  const { url, records } = await bench.http(project);
  const user = await register(url);
  const tokens = await user.comeBack(await user.askProvider());
  const { client } = await bench.connect(url, { token: tokens.access_token });
  expect(await call(client, "greet")).toBe("Hello openid");

  for (const word of ["Salut", "Moin"]) {
    await project.greet(word);
    await records.reload("serving");
    expect(await call(client, "greet")).toBe(`${word} openid`);
  }
  const { access_token } = await user.refresh(tokens);
  const anew = await bench.connect(url, { token: access_token });
  // Many at once, as each asks for what is known of its caller.
  const calls = Array.from({ length: 20 }, () => call(anew.client, "greet"));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["Moin openid"]));
  await expect(bench.connect(url, { token: "foreign" })).rejects.toThrow();
});

test("a sign-in that a save falls into comes to its end", async ({ bench, provider }) => {
  const project = await bench.project("signing-in.ts");
  await project.save(".env", `PROVIDER=${provider}\n`);
  const { url, records } = await bench.http(project);
  const user = await register(url);
  const state = await user.askProvider();
  await project.greet("Salut");
  await records.reload("serving");
  const { access_token } = await user.comeBack(state);
  const { client } = await bench.connect(url, { token: access_token });
  expect(await call(client, "greet")).toBe("Salut openid");
});

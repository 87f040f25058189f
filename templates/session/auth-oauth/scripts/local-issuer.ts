/**
 * An OAuth provider for development and tests, with the three endpoints of GitHub's that this server uses. It signs in
 * whoever asks, and knows its own tokens only. Never let others reach it.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type LocalIssuer = { readonly url: string; readonly close: () => Promise<void> };

/** Who is signed in where `?login=` does not say it. */
const defaultLogin = "dev";

export async function startLocalIssuer(port = 0): Promise<LocalIssuer> {
  const logins = new Map<string, string>();
  const server = createServer((request, response) => {
    answer(request, response, logins).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the issuer has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An access token as it gives them. */
export function localToken(login: string): string {
  return `local:${login}`;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  logins: Map<string, string>,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  switch (pathname) {
    case "/authorize": {
      const code = randomUUID();
      logins.set(code, searchParams.get("login") ?? defaultLogin);
      const back = new URL(searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", searchParams.get("state") ?? "");
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    case "/token": {
      const code = new URLSearchParams(await bodyOf(request)).get("code") ?? "";
      const login = logins.get(code);
      logins.delete(code);
      if (login === undefined) answerJson(response, 400, { error: "invalid_grant" });
      else answerJson(response, 200, { access_token: localToken(login), token_type: "bearer" });
      return;
    }
    case "/user": {
      const login = /^Bearer local:(\w+)$/.exec(request.headers.authorization ?? "")?.[1];
      if (login === undefined) answerJson(response, 401, { message: "Bad credentials" });
      else answerJson(response, 200, { login });
      return;
    }
    default:
      response.writeHead(404).end();
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

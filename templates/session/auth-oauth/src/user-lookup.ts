/** Asks the provider whose access token it is, and remembers the answer for a while. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { InvalidToken } from "./users.ts";

const profile = z.object({ login: z.string().min(1) });

const timeoutMs = 10_000;
/** A token that was revoked is accepted for this long at most. */
const keptMs = 5 * 60 * 1000;
const maxKept = 1000;

export class UserLookup {
  readonly #url: string;
  readonly #kept = new Map<string, { readonly login: string; readonly until: number }>();

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws InvalidToken if the provider does not accept the token; another error if it does not answer. */
  async loginOf(accessToken: string): Promise<string> {
    const key = createHash("sha256").update(accessToken).digest("base64url");
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > Date.now()) return kept.login;
    const login = await this.#ask(accessToken);
    this.#kept.delete(key);
    this.#kept.set(key, { login, until: Date.now() + keptMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    return login;
  }

  async #ask(accessToken: string): Promise<string> {
    const response = await fetch(this.#url, {
      headers: {
        accept: "application/json",
        authorization: `Bearer ${accessToken}`,
        // GitHub refuses requests without one.
        "user-agent": "my-fastmcp-server",
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status === 401) throw new InvalidToken("the provider does not accept the token");
    if (!response.ok) throw new Error(`${this.#url} answered ${response.status}`);
    return profile.parse(await response.json()).login;
  }
}

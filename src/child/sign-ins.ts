/**
 * Keeps callers signed in through FastMCP's OAuth proxy, which has its keys, tokens and registered clients in the memory of
 * the process, unless the server names others: under `mcp dev` the supervisor has them, for as long as it runs.
 */
import { next, report } from "./channel.ts";
import type { SignInAnswer, SignInCall, SignInKeys } from "./messages.ts";
import type { ServerOptions } from "./start-options.ts";

/** What is read and replaced of FastMCP's own objects. */
type Owner = Record<string, unknown>;
type OAuthProxy = {
  readonly config: Readonly<Record<string, unknown>>;
  /** The storage that it made for itself, if the server named none. */
  readonly ownedTokenStorage?: object | null;
  readonly tokenStorage?: Owner;
  readonly jwtIssuer?: Owner;
  readonly consentManager?: Owner;
};

/** What was given for another provider, or for other scopes, is worth nothing to a proxy that differs in these. */
const namesOfProxy = [
  "baseUrl",
  "scopes",
  "upstreamAuthorizationEndpoint",
  "upstreamTokenEndpoint",
  "upstreamClientId",
];

/** Never rejects: a server whose callers must sign in again is still a server. */
export async function keepSignIns({ auth, oauth }: ServerOptions): Promise<void> {
  try {
    const proxy = (auth as { getProxy?: () => unknown } | undefined)?.getProxy?.() ?? oauth?.proxy;
    if (isProxy(proxy)) await share(proxy);
  } catch {
    // Another version of FastMCP.
  }
}

async function share(proxy: OAuthProxy): Promise<void> {
  const ask = asking(JSON.stringify(namesOfProxy.map((name) => proxy.config[name])));
  const places = placesOfKeys(proxy);
  const made = places.map(([asked, owner, property]) => (asked ? undefined : keyOf(owner?.[property])));
  const { keys } = await ask({ call: "keys", keys: made });
  for (const [index, [, owner, property]] of places.entries())
    if (owner !== undefined && made[index] !== undefined) owner[property] = keys?.[index] ?? made[index];
  if (typeof proxy.ownedTokenStorage === "object" && proxy.ownedTokenStorage !== null)
    Object.assign(proxy.ownedTokenStorage, sharedStorage(ask));
}

/** Where its keys are, and what the server has named for each. */
function placesOfKeys(
  proxy: OAuthProxy,
): readonly (readonly [asked: unknown, owner: Owner | undefined, property: string])[] {
  const { config, jwtIssuer, consentManager, tokenStorage } = proxy;
  return [
    [config["jwtSigningKey"], jwtIssuer, "signingKey"],
    [config["consentSigningKey"], consentManager, "signingKey"],
    [config["encryptionKey"], tokenStorage, "encryptionKey"],
  ];
}

function keyOf(value: unknown): SignInKeys[number] {
  return typeof value === "string" || value instanceof Uint8Array ? value : undefined;
}

type Ask = (what: SignInCall) => Promise<SignInAnswer>;

function asking(proxy: string): Ask {
  let count = 0;
  return (what) => {
    const id = ++count;
    const answer = next("signIns", (message) => message.id === id);
    report({ type: "signIns", proxy, id, ...what });
    return answer;
  };
}

/** The methods of FastMCP's `TokenStorage`. */
function sharedStorage(ask: Ask): object {
  return {
    get: async (key: string) => (await ask({ call: "get", key })).value ?? null,
    take: async (key: string) => (await ask({ call: "take", key })).value ?? null,
    delete: async (key: string) => {
      await ask({ call: "delete", key });
    },
    save: async (key: string, value: unknown, ttlSeconds?: number) => {
      await ask({ call: "save", key, value, ttlSeconds });
    },
  };
}

function isProxy(value: unknown): value is OAuthProxy {
  return typeof value === "object" && value !== null && "config" in value && "tokenStorage" in value;
}

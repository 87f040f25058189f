import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../../src/log/redact.ts";
import { classifyName } from "../../../src/log/secret-names.ts";
import { redactText } from "../../../src/log/secret-text.ts";

const words = [
  ["token"],
  ["access", "token"],
  ["refresh", "token"],
  ["client", "secret"],
  ["secret"],
  ["password"],
  ["db", "password"],
  ["api", "key"],
  ["private", "key"],
  ["code", "verifier"],
  ["authorization"],
  ["proxy", "authorization"],
  ["cookie"],
  ["set", "cookie"],
  ["credentials"],
  ["x", "api", "key"],
];
const casings = [
  (parts: string[]) => parts.join("_"),
  (parts: string[]) => parts.join("-"),
  (parts: string[]) => parts.join("."),
  (parts: string[]) => parts.join(" "),
  (parts: string[]) => parts.join(""),
  (parts: string[]) =>
    parts.map((part, i) => (i === 0 ? part : part[0]!.toUpperCase() + part.slice(1))).join(""),
  (parts: string[]) => parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join("-"),
  (parts: string[]) => parts.join("_").toUpperCase(),
];
const credentialKey = fc
  .tuple(fc.constantFrom(...words), fc.constantFrom(...casings), fc.boolean())
  .map(([parts, join, upper]) => (upper ? join(parts).toUpperCase() : join(parts)));
/** Never occurs by chance. */
const secret = fc.stringMatching(/^[A-Za-z0-9_~+-]{6,40}$/).map((text) => `S3cr3t${text}`);

/** A value with the secret somewhere deep under the key. */
const around = (inner: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(fc.oneof(fc.constantFrom("params", "arguments", "result", "x", "headers"), fc.nat(3)), {
      maxLength: 6,
    })
    .map((path) =>
      path.reduceRight<unknown>(
        (value, step) =>
          typeof step === "number" ? [...Array<number>(step).fill(0), value] : { [step]: value, n: 1 },
        inner,
      ),
    );

describe("Redactor", () => {
  it("leaves no secret under a credential's name, whatever its depth, case, separators and shape", () => {
    fc.assert(
      fc.property(
        fc.tuple(credentialKey, secret).chain(([key, value]) =>
          fc.tuple(
            fc.constant(value),
            fc
              .constantFrom<unknown>(value, [value], { nested: { deep: value } }, `Bearer ${value}`)
              .chain((held) => around({ [key]: held, other: `it said ${value}` })),
          ),
        ),
        ([value, message]) => {
          const { value: redacted, paths } = new Redactor().redact(message);
          const holder = JSON.stringify(redacted, (key, item: unknown) =>
            key === "other" ? undefined : item,
          );
          expect(holder).not.toContain(value);
          expect(holder).toContain("[redacted]");
          expect(paths.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("leaves no secret in text: headers, assignments, JSON, URLs, command lines", () => {
    const forms: ((key: string, value: string) => string)[] = [
      (_, value) => `request failed: Authorization: Bearer ${value}`,
      (_, value) => `{"authorization":"Bearer ${value}"}`,
      (_, value) => `Error: invalid bearer "${value}" given`,
      (_, value) => `caller sent Bearer token-${value}`,
      (_, value) => `caller sent Bearer auth.${value}`,
      (key, value) => `${JSON.stringify({ [key]: { user: "bob", value } }, null, 2)}\r\n\n`,
      (key, value) => `found ${JSON.stringify({ [key]: [{ a: "}]" }, { value }] }, null, 2)} there`,
      (key, value) => JSON.stringify({ [key]: { a: "b", value }, rest: [] }, null, 2).slice(0, -6),
      (key, value) => `${key}=${value}`,
      (key, value) => `${key}:${" ".repeat(12)}${value}`,
      (key, value) => `${key}${" ".repeat(12)}= ${value}`,
      (key, value) => `${key}：${value}`,
      (key, value) => `--${key.replace(/[ .]/g, "-")} ${value} --next`,
      (key, value) => `{ "${key}": "${value}", "n": 1 }`,
      (key, value) => JSON.stringify(JSON.stringify({ [key]: value })),
      (key, value) => JSON.stringify({ a: [{ [key]: { x: value } }] }, null, 2),
      (key, value) => `config: ${key}: '${value}'`,
      (_, value) => `GET /x?access_token=${value}&page=2`,
      (_, value) => `postgres://admin:${value}@localhost/db`,
      (_, value) => `postgres://admin:p?a#${value}@localhost/db`,
      (_, value) => `Set-Cookie: sid=${value}; Path=/`,
      (_, value) => `curl -u me:${value} https://example.com`,
      (_, value) => `fatal: https://${value}7seven7@example.com/repo.git`,
      (_, value) => `GET https://b.example.com/o?X-Amz-Date=1&X-Amz-Signature=${value}`,
      (_, value) => `redirected to /callback?code=${value}&state=x`,
      (_, value) => `redirected to app://cb?state=x&code=${value}#`,
      (key, value) => `<${key.replace(/ /g, "")}>${value}</${key.replace(/ /g, "")}>`,
      (_, value) => `the token '${value}1a' is invalid`,
      (_, value) => `Incorrect API key provided: ${value}1a. Look it up`,
      (_, value) => `your password is ${value}1a`,
      (key, value) => `\`\`\`json\n{ "${key}": "${value}" }\n\`\`\``,
    ];
    fc.assert(
      fc.property(
        credentialKey,
        secret,
        fc.constantFrom(...forms),
        fc.string(),
        (key, value, form, before) => {
          const text = form(key, value);
          const line = text.startsWith("{") ? text : `${before.replace(/["'`\\]/g, "")}\n${text}`;
          const { value: redacted } = new Redactor().redact({ text: line });
          expect(JSON.stringify(redacted)).not.toContain(value);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("takes out a credential that it has met before, where no name gives it away", () => {
    const redactor = new Redactor();
    redactor.redact({ headers: { authorization: "Bearer tok-12345678" } });
    expect(redactor.redact("you are tok-12345678").value).toBe("you are [redacted]");
  });

  it("changes nothing that holds no credential, and copies nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: fc.constantFrom("x", "y", " ", "1") }), (value) => {
        expect(new Redactor().redact(value).value).toBe(value);
      }),
    );
  });

  it("leaves what tells only whether there is a credential", () => {
    const client = { extensions: { "io.modelcontextprotocol/oauth-client-credentials": {} }, auth: [] };
    const value = { client, token: null, password: "", hasToken: true, secret: false };
    expect(new Redactor().redact(value).value).toBe(value);
  });

  it("names the paths", () => {
    const { value, paths } = new Redactor().redact({
      params: { arguments: { token: "abc", list: [{ api_key: "k" }] }, _meta: { progressToken: 7 } },
    });
    expect(value).toEqual({
      params: {
        arguments: { token: "[redacted]", list: [{ api_key: "[redacted]" }] },
        _meta: { progressToken: 7 },
      },
    });
    expect(paths).toEqual(["params.arguments.token", "params.arguments.list.0.api_key"]);
  });

  it("ends on a cycle and on endless depth", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => new Redactor().redact(cycle)).not.toThrow();
  });
});

describe("redactText", () => {
  it.each([
    "Unexpected token '}' in JSON at position 4",
    "no bearer token given",
    "missing bearer token.",
    "    at verify (src/token-verifier.ts:18:20)",
    "token-verifier.ts:18:20 - error TS2322",
    "bearer token-based authentication, bearer auth",
    "Basic usage: see the documentation",
    "the key to the riddle",
    "listening on http://127.0.0.1:8080/mcp",
    "tools/call whoami",
    '{"maxTokens":100,"_meta":{"progressToken":1}}',
    "author=me",
    "Tool 'login' parameter validation failed: password: Invalid input: expected string",
    "Password: Required",
    "passphrase: must not be empty",
    "if (token === other) return;",
    "const token = await getToken();",
    "progress token 1a2b3c4d5e, page token 5e4d3c2b1a",
    "the token expired 2 minutes ago",
    "git clone https://joe@example.com/repo.git",
    "http://localhost:3000?to=joe@example.com",
    "http://[::1]:3000#joe@example.com",
    "https://example.com?user=joe1234567@example.com",
    "exited with ?code=1",
    "<b>token</b>",
  ])("leaves language alone: %s", (text) => {
    expect(redactText(text)).toBe(text);
  });

  it("finds well-known tokens, web tokens and private keys without any name", () => {
    expect(redactText(`use ghp_${"a1".repeat(18)} now`)).toBe("use [redacted] now");
    expect(redactText("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")).toBe("got [redacted]");
    expect(redactText("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----")).toBe(
      "-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----",
    );
  });

  it("reads a long text once, however many brackets nothing closes and backslashes follow each other", () => {
    const lines = (value: string): string => `password=[${value}\n`.repeat(20_000);
    expect(redactText(lines("hunter2"))).toBe(lines("redacted]"));
    expect(redactText(`token=[${"\\".repeat(200_000)}`)).toBe("token=[redacted]");
  });

  it("leaves the lines behind a bracket that nothing closes", () => {
    expect(redactText("Unexpected token: { in JSON\n    at parse (a.ts:1:2)")).toBe(
      "Unexpected token: [redacted]\n    at parse (a.ts:1:2)",
    );
  });

  it("takes out all the words of a phrase", () => {
    expect(redactText("MNEMONIC=abandon ability able\nPORT=1")).toBe("MNEMONIC=[redacted]\nPORT=1");
    expect(redactText("seed phrase: abandon ability able")).toBe("seed phrase: [redacted]");
  });

  it.each([
    `github_pat_${"a1".repeat(20)}`,
    `xapp-1-A0B1-${"a1".repeat(10)}`,
    `hf_${"a1".repeat(17)}`,
    `ASIA${"A1".repeat(8)}`,
    `AIza${"a1".repeat(17)}b`,
    `ya29.${"a1".repeat(12)}`,
    `rk_live_${"a1".repeat(10)}`,
    `whsec_${"a1".repeat(12)}`,
    `SG.${"a1".repeat(11)}.${"b2".repeat(20)}`,
    `dop_v1_${"a1".repeat(20)}`,
    `shpat_${"a1".repeat(16)}`,
    `ATATT3${"a1".repeat(12)}`,
    `pypi-${"a1".repeat(12)}`,
  ])("knows the shape of %s", (token) => {
    expect(redactText(`with ${token}, or without`)).toBe("with [redacted], or without");
  });

  it("takes time in proportion to the text", () => {
    const started = performance.now();
    for (const piece of [
      "token ",
      "a",
      "-",
      '\\"',
      "token=",
      'token:"',
      "Bearer ",
      "eyJ",
      "://:",
      "-----BEGIN ",
      "-----BEGIN PRIVATE KEY-----",
      "-eyJ",
      "--a ",
      "a b ",
      "token[",
      "'token':",
      "cookie: [",
      "token: [",
      "token: {\n",
      "token: {'",
      "://a:b",
      "Basic a",
      "<token>",
      "</",
      "?code=",
      "?",
      "token is ",
      "token            ",
      "token:            ",
      "token a1",
      "curl -u ",
      "https://a1",
      "SG.aaaaaaaaaaaaaaaa",
    ]) {
      redactText(`token ${piece.repeat(200_000 / piece.length)}`);
    }
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe("classifyName", () => {
  it.each([
    "progressToken",
    "nextCursor",
    "nextPageToken",
    "nextToken",
    "startPageToken",
    "resumptionToken",
    "token_endpoint",
    "authorization_servers",
    "bearer_methods_supported",
    "tokenType",
    "tokenCount",
    "tokenizer",
    "author",
    "name",
    "key",
    "publicKey",
    "primaryKey",
    "compass",
    "bypass",
    "secretary",
    "monkey",
    "id",
  ])("%s holds none", (name) => {
    expect(classifyName(name)).toBe("harmless");
  });

  it.each(["pass", "tokens", "maxTokens", "input_tokens", "max-output-tokens", "TOTAL_TOKENS"])(
    "%s holds a count if it is a number",
    (name) => {
      expect(classifyName(name)).toBe("counted");
      const usage = { [name]: 12, nested: { [name]: { cached: 3 } } };
      expect(new Redactor().redact(usage).value).toBe(usage);
      expect(redactText(`${name}: 12`)).toBe(`${name}: 12`);
      for (const value of [["ab-1"], "48151623", ["48151623"]]) {
        expect(new Redactor().redact({ [name]: value }).value).toEqual({ [name]: "[redacted]" });
      }
    },
  );

  it.each([
    "apiKey",
    "API_KEY",
    "api-key",
    "x-api-key",
    "apikey",
    "client_secret",
    "codeVerifier",
    "refreshToken",
    "password",
    "passphrase",
    "authorization",
    "Proxy-Authorization",
    "cookie",
    "set-cookie",
    "X-Auth-Token",
    "AWS_SECRET_ACCESS_KEY",
    "dbPass",
    "SMTP_PASS",
    "privateKeyPem",
    "OPENAI_API_KEY_2",
    "ｐａｓｓｗｏｒｄ",
    "X-Auth",
    "Passwort",
    "contraseña",
    "пароль",
    "ПАРОЛЬ",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "Kennwort",
    "KennwortNeu",
    "motDePasse",
    "senha",
    "MNEMONIC",
    "seed phrase",
    "seedPhrase",
    "seed-phrase",
    "connectionString",
    "Connection String",
    "DSN",
    "PAT",
    "GITHUB_PAT",
    "gitlabPat2",
    "PIN",
    "otp",
    "totp",
    "jwt",
    "pwd",
    "passcode",
    "auth_code",
    "samlAssertion",
    "assertion",
    "bearer",
    "jsonWebToken",
    "signingKey",
    "session_key",
    "rsaKeyPem",
    "sshKeyBase64",
  ])("%s holds one, also in a text", (name) => {
    expect(classifyName(name)).toBe("credential");
    expect(redactText(`${name}: "hunter2"`)).not.toContain("hunter2");
  });
});

describe("what JSON cannot hold", () => {
  it("becomes something it can, without a second walk", () => {
    const { value } = new Redactor().redact({
      n: 10n,
      at: new Date(0),
      hidden: { toJSON: () => ({ token: "t" }) },
    });
    expect(value).toEqual({ n: "10", at: "1970-01-01T00:00:00.000Z", hidden: { token: "[redacted]" } });
  });

  it("ends on what refers to itself many times over", () => {
    const knot: Record<string, unknown> = {};
    for (let n = 0; n < 20; n++) knot[`to${n}`] = knot;
    expect(JSON.stringify(new Redactor().redact(knot).value)).toContain("[circular]");
  });

  it("keeps a key that is called __proto__ what it is", () => {
    const { value } = new Redactor().redact(JSON.parse('{"__proto__":{"token":"abc"},"password":"abc"}'));
    expect(JSON.stringify(value)).toBe('{"__proto__":{"token":"[redacted]"},"password":"[redacted]"}');
  });

  it("looks only at the part of a huge text that is left, and leaves no half of a credential", () => {
    const secret = "hunter2-hunter2";
    const text = `${"x ".repeat(500)}token=${secret}`;
    for (let length = 1000; length < 1030; length++) {
      const { value, cut } = new Redactor(length - 8).redact({ text: `${text} ${"y".repeat(6000)}` });
      expect(cut).toBe(true);
      expect(JSON.stringify(value)).not.toContain("hunter");
    }
  });
});

describe("lists of names and values", () => {
  it("redacts the value of a header, an argument and a flag", () => {
    const { value } = new Redactor().redact({
      headers: [{ name: "X-Api-Key", value: "k1" }],
      argument: { name: "password", value: "p1" },
      command: ["mcp", "dev", "--token", "abc", "--port", "80", "--api-key=k2"],
    });
    expect(value).toEqual({
      headers: [{ name: "X-Api-Key", value: "[redacted]" }],
      argument: { name: "password", value: "[redacted]" },
      command: ["mcp", "dev", "--token", "[redacted]", "--port", "80", "--api-key=[redacted]"],
    });
  });

  it("redacts the value of a pair, in lists of pairs and of raw headers", () => {
    const pairs = { headers: [["x-api-key", "k1"], ["accept", "a"]], rawHeaders: ["Cookie", "c1", "Accept", "a"] }; // prettier-ignore
    const { value } = new Redactor().redact({
      ...pairs,
      required: ["password", "user"],
      words: [["a", "token"]],
    });
    expect(value).toEqual({
      headers: [["x-api-key", "[redacted]"], ["accept", "a"]], // prettier-ignore
      rawHeaders: ["Cookie", "[redacted]", "Accept", "a"],
      required: ["password", "user"],
      words: [["a", "token"]],
    });
  });
});

describe("JSON Schemas", () => {
  const login = {
    type: "object",
    properties: {
      user: { type: "string" },
      password: { type: "string", minLength: 8, description: "what you chose" },
      tokens: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }] },
    },
    required: ["user", "password"],
  };

  it("tell of a property called password, and hold none", () => {
    const list = { result: { tools: [{ name: "login", inputSchema: login }] } };
    expect(new Redactor().redact(list).value).toBe(list);
  });

  it("lose what they have as its value, and so does what only looks like one", () => {
    const { value } = new Redactor().redact({
      schema: {
        type: "object",
        properties: {
          token: { type: "string", default: "s1", anyOf: [{ const: "s2" }], examples: ["s3"] },
          secret: { type: "string", value: "s4" },
          password: "s5",
        },
      },
    });
    expect(JSON.stringify(value)).not.toMatch(/s\d/);
  });
});

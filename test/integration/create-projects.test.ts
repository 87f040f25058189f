/**
 * Combinations of options give projects that lint, type-check, pass their own tests, build, serve an official client on
 * both transports, and refuse a bad credential; the first of each template also with ten more tools, resources and prompts.
 * MATRIX says which: by default one, of another template every day; "options" so many that every option is used, "pairs" so
 * many that every two options meet, and "all".
 */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { combinationsOf, templates, type TemplateOptions } from "../../src/scaffold/catalogue.ts";
import {
  startLocalIssuer,
  type LocalIssuer,
} from "../../templates/session/auth-oauth/scripts/local-issuer.ts";
import { eachOnce, pairwise } from "../helpers/pairwise.ts";
import { startRedis, type Redis } from "../helpers/redis.ts";
import { root, scratch, type Scratch } from "./create-cli.ts";
import { addTen } from "./additions.ts";
import { serveBuilt, serveInDevelopment } from "./created-project.ts";

let place: Scratch;
let redis: Redis;
let issuer: LocalIssuer;

beforeAll(async () => {
  [place, redis, issuer] = await Promise.all([scratch(), startRedis(), startLocalIssuer()]);
});
afterAll(() => Promise.all([place.remove(), redis.stop(), issuer.close()]));

function choose(all: readonly TemplateOptions[], turn: number): readonly TemplateOptions[] {
  const matrix = process.env["MATRIX"];
  if (matrix === "all") return all;
  if (matrix === "pairs") return pairwise(all);
  if (matrix === "options") return eachOnce(all);
  const today = Math.floor(Date.now() / 86_400_000);
  const isTurn = today % templates.length === turn;
  const one = Math.floor(today / templates.length) % all.length;
  return isTurn ? all.slice(one, one + 1) : [];
}

const chosen = templates.flatMap((template, turn) => {
  return choose(combinationsOf(template), turn).map((options, index) => ({
    ...{ template, options, grows: index === 0 },
    name: [template.name, ...Object.values(options).map((value) => value.toString())].join("-"),
  }));
});

test.each(chosen)("$name", { timeout: 180_000 }, async ({ template, options, name, grows }) => {
  const given = ["auth", "state", "roots"].filter((option) => template.has.some((has) => has === option));
  const created = await place.create([
    ...[`@acme/${name}`, "--template", template.name, "--no-install", "--no-git"],
    ...flags(options, ["transport", ...given]),
  ]);
  expect(created.stderr).toBe("");
  const project = join(place.folder, "@acme", name);
  // Installed once, here: the versions are the same, which a unit test sees to.
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  if (grows) await addTen(project, template.has.includes("auth"));
  for (const script of ["typecheck", "lint", "test", "build"]) {
    const ran = await execa("npm", ["run", script], { cwd: project, reject: false, all: true });
    expect(ran.exitCode, ran.all).toBe(0);
  }
  const env = {
    REDIS_URL: redis.url,
    OAUTH_AUTHORIZE_URL: `${issuer.url}/authorize`,
    OAUTH_TOKEN_URL: `${issuer.url}/token`,
    OAUTH_USER_URL: `${issuer.url}/user`,
  };
  const made = { folder: project, template: template.name, options, env };
  await serveBuilt(made);
  await serveInDevelopment(made, options.transport === "http" ? "stdio" : "http");
});

function flags(options: TemplateOptions, names: readonly string[]): string[] {
  const { transport, auth, state, roots } = options;
  const all = { transport: ["--transport", transport], auth: ["--auth", auth], state: ["--state", state] };
  return [
    ...Object.entries(all).flatMap(([name, words]) => (names.includes(name) ? words : [])),
    ...(names.includes("roots") && !roots ? ["--no-roots"] : []),
  ];
}

/** The templates, which options each of them has, and which layers of files each combination is made of. */
import { CliError, exitCodes } from "../cli-error.ts";
import type { ManagerLayer } from "./package-managers.ts";

export const transports = ["http", "stdio"] as const;
export type Transport = (typeof transports)[number];

export const auths = ["none", "token", "jwt", "oauth"] as const;
export type Auth = (typeof auths)[number];

export const states = ["memory", "redis"] as const;
export type State = (typeof states)[number];

export type TemplateOptions = {
  readonly transport: Transport;
  readonly auth: Auth;
  readonly state: State;
  readonly roots: boolean;
};

/** Options that a template may not have: it is then as if each had its only value. */
export type OptionName = "auth" | "state" | "roots";

export type Template = {
  readonly name: string;
  readonly summary: string;
  readonly has: readonly OptionName[];
  readonly defaults: TemplateOptions;
  /** Folders under templates/, disjoint: no file is in two layers of one combination. */
  readonly layers: (options: TemplateOptions, manager: ManagerLayer) => readonly string[];
};

export const templates: readonly Template[] = [
  {
    name: "session",
    summary: "typed sessions, sign-in, roots, per-session state, lifecycle log, tests that speak MCP",
    has: ["auth", "state", "roots"],
    defaults: { transport: "http", auth: "token", state: "memory", roots: true },
    layers: ({ transport, auth, state, roots }, manager) => [
      ...["shared/base", `shared/${transport}`, `shared/${manager}`],
      ...["session/base", ...(auth === "none" ? [] : ["session/signed-in"]), `session/auth-${auth}`],
      ...(auth === "oauth" ? [`session/auth-oauth-${state}`] : []),
      ...[`session/state-${state}`, `session/${roots ? "roots" : "no-roots"}`, `session/${transport}`],
    ],
  },
  {
    name: "minimal",
    summary: "one tool, one test, for those who know",
    has: [],
    defaults: { transport: "http", auth: "none", state: "memory", roots: false },
    layers: ({ transport }, manager) => [
      ...["shared/base", `shared/${transport}`, `shared/${manager}`],
      ...["minimal/base", `minimal/${transport}`],
    ],
  },
];

export function templateNamed(name: string): Template {
  const template = templates.find((known) => known.name === name);
  if (template !== undefined) return template;
  throw new CliError(`there is no template "${name}"`, {
    hint: `there is: ${templates.map((known) => known.name).join(", ")} (see --list)`,
    exitCode: exitCodes.usage,
  });
}

/** Every combination of options that a template has. */
export function combinationsOf({ has, defaults }: Template): readonly TemplateOptions[] {
  return transports.flatMap((transport) =>
    (has.includes("auth") ? auths : [defaults.auth]).flatMap((auth) =>
      (has.includes("state") ? states : [defaults.state]).flatMap((state) =>
        (has.includes("roots") ? [true, false] : [defaults.roots]).map((roots) => ({
          transport,
          auth,
          state,
          roots,
        })),
      ),
    ),
  );
}

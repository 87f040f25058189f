/** The plan of an addition, in projects of both templates: what is made and registered, and what is refused. */
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { addedKinds } from "../../../src/scaffold/added-names.ts";
import {
  planAddition,
  type Addition,
  type AddRequest,
  type Sources,
} from "../../../src/scaffold/addition.ts";
import { combinationsOf, templates, type TemplateOptions } from "../../../src/scaffold/catalogue.ts";
import { readLayers } from "../../../src/scaffold/read-template.ts";

const folder = join(import.meta.dirname, "../../../templates");
/** What the server is reached by, and where it keeps its state, is in other files. */
const different = templates.flatMap((template) =>
  combinationsOf(template)
    .filter(({ transport, state }) => transport === "http" && state === "memory")
    .map((options) => ({ template, options })),
);

let session: Sources;
let minimal: Sources;

const sourcesOf = (name: string, options?: Partial<TemplateOptions>): Promise<Sources> => {
  const template = templates.find((each) => each.name === name)!;
  return readLayers(folder, template.layers({ ...template.defaults, ...options }, "npm"));
};

beforeAll(async () => {
  [session, minimal] = await Promise.all([sourcesOf("session"), sourcesOf("minimal")]);
});

function plan(sources: Sources, request: Partial<AddRequest>): Addition {
  return planAddition(() => ts, sources, "@acme/weather", {
    ...{
      kind: "tool",
      name: "get forecast",
      description: undefined,
      uri: undefined,
      role: undefined,
      test: true,
    },
    ...request,
  });
}

const content = ({ files }: Addition, path: string): string =>
  files.find((file) => file.path === path)?.content ?? "";

test.each(different)(
  "every project of $template.name has a place for each kind",
  async ({ template, options }) => {
    const sources = await sourcesOf(template.name, options);
    for (const kind of addedKinds) {
      const { files, registration } = plan(sources, { kind });
      const list = template.name === "session" ? `src/${kind}s/index.ts` : "src/create-server.ts";
      expect(files.map(({ path }) => path)).toEqual([
        ...[`src/${kind}s/get-forecast.ts`, `test/${kind}s/get-forecast.test.ts`, list],
      ]);
      expect(registration.file).toBe(list);
    }
  },
);

test("a tool of the session template is typed with its session, and counted", () => {
  const addition = plan(session, { description: 'Say "rain".' });
  expect(addition.registration.lines).toEqual([
    'import { getForecast } from "./get-forecast.ts";',
    "server.addTool(getForecast(states));",
  ]);
  const code = content(addition, "src/tools/get-forecast.ts");
  expect(code).toContain("Tool<UserSession, typeof parameters>");
  expect(code).toContain(String.raw`description: "Say \"rain\".",`);
  expect(code).toContain("requireUser(context.session)");
});

test("a role is checked on both transports, and in the test", () => {
  const addition = plan(session, { role: "admin" });
  const code = content(addition, "src/tools/get-forecast.ts");
  expect(code).toContain('canAccess: (session) => session.role === "admin"');
  expect(code).toContain('requireRole(context.session, "admin")');
  expect(content(addition, "test/tools/get-forecast.test.ts")).toContain("not.toContain");
});

test("an address with arguments makes a template, one without is made up", () => {
  const made = plan(session, { kind: "resource", uri: "shop://orders/{id}" });
  expect(made.registration.lines[1]).toBe("server.addResourceTemplate(getForecastResource);");
  expect(made.call).toEqual(["--resource", "shop://orders/42"]);
  expect(plan(session, { kind: "resource" }).offered).toBe("session://get-forecast");
  expect(plan(minimal, { kind: "resource" }).offered).toBe("weather://get-forecast");
});

describe("in a project that has been changed", () => {
  const changed = (sources: Sources, file: string, change: (text: string) => string): Sources =>
    new Map([...sources, [file, change(sources.get(file) ?? "")]]);

  test("names are spelled as those that are there", () => {
    const sources = changed(
      session,
      "src/tools/more.ts",
      () => 'export const a = { name: "put_it_there", execute };',
    );
    expect(plan(sources, {}).offered).toBe("getForecast");
    const more = changed(minimal, "src/more.ts", () => 'export const a = { name: "put_it", execute() {} };');
    expect(plan(more, {})).toMatchObject({ offered: "get_forecast" });
  });

  test("a list without the states gets a tool without them", () => {
    const sources = changed(
      session,
      "src/tools/index.ts",
      () =>
        'import type { FastMCP } from "fastmcp";\nexport function addTools(server: FastMCP<UserSession>): void {}\n',
    );
    const addition = plan(sources, {});
    expect(addition.registration.lines[1]).toBe("server.addTool(getForecast);");
    expect(content(addition, "src/tools/get-forecast.ts")).not.toContain("states");
  });

  test("a session without a user, and endings of another kind", () => {
    const anonymous = changed(session, "src/session.ts", (text) =>
      text.replaceAll(/\buser: string/g, "id: string"),
    );
    const sources = changed(anonymous, "src/prompts/index.ts", (text) => text.replaceAll(".ts", ".js"));
    const code = content(plan(sources, { kind: "prompt" }), "src/prompts/get-forecast.ts");
    expect(code).toContain("    requireUser(session);\n");
    expect(code).toContain('from "../session.js"');
  });

  const everywhere = (from: RegExp, to: string): Sources =>
    new Map([...session].map(([file, text]) => [file, text.replace(from, to)]));

  test("a session of another name, in another file, is what new code is typed with and guarded by", () => {
    const renamed = everywhere(/\bUserSession\b/g, "Caller");
    const moved = new Map(
      [...renamed].map(([file, text]) => [
        file === "src/session.ts" ? "src/callers/caller.ts" : file,
        text.replace(
          /(?<=")\.\.?\/session(?=\.ts")/g,
          file.split("/").length > 2 ? "../callers/caller" : "./callers/caller",
        ),
      ]),
    );
    const addition = plan(moved, { role: "admin" });
    const code = content(addition, "src/tools/get-forecast.ts");
    expect(code).toContain('import { requireRole, type Caller } from "../callers/caller.ts";');
    expect(code).toContain("states: SessionStates): Tool<Caller, typeof parameters>");
    expect(code).toContain('const { user } = requireRole(context.session, "admin");');
    expect(addition.lacks).toBeUndefined();
    const unlisted = new Map([...moved].filter(([file]) => file !== "src/prompts/index.ts"));
    expect(content(plan(unlisted, { kind: "prompt" }), "src/prompts/get-forecast.ts")).toContain(
      'import { requireUser, type Caller } from "../callers/caller.ts";',
    );
  });

  test("without requireUser new code has the session's type, and that nobody is refused is said", () => {
    const sources = everywhere(/\brequireUser\b/g, "signedIn");
    for (const kind of addedKinds) {
      const addition = plan(sources, { kind });
      const code = content(addition, `src/${kind}s/get-forecast.ts`);
      expect(code).toContain('import type { UserSession } from "../session.ts";');
      expect(code).toMatch(/: (?:Tool|Resource|InputPrompt)<UserSession/);
      expect(code).not.toMatch(/FastMCPSessionAuth|requireUser/);
      expect(addition.lacks).toMatch(/src\/session\.ts exports no requireUser/);
    }
    expect(() => plan(sources, { role: "admin" })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("src/session.ts exports no requireUser") as string,
        hint: expect.not.stringContaining("leave --role out") as string,
      }) as Error,
    );
  });

  test("roles that cannot be checked are no reason to leave them out", () => {
    const sources = everywhere(/\brequireRole\b/g, "onlyFor");
    expect(() => plan(sources, { role: "admin" })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("src/session.ts exports no requireRole") as string,
        hint: expect.not.stringContaining("leave --role out") as string,
      }) as Error,
    );
  });

  test("a session's type that comes from a package is imported from there", () => {
    const sources = changed(session, "src/tools/index.ts", (text) =>
      text.replace('"../session.ts"', '"@acme/session"'),
    );
    const addition = plan(sources, {});
    expect(content(addition, "src/tools/get-forecast.ts")).toContain(
      'import type { UserSession } from "@acme/session";',
    );
    expect(addition.lacks).toContain("@acme/session");
  });

  test("new files end their lines as the list does", () => {
    const sources = changed(session, "src/tools/index.ts", (text) => text.replaceAll("\n", "\r\n"));
    for (const { content } of plan(sources, {}).files) expect(content).not.toMatch(/[^\r]\n/);
  });

  test("without a list, where the server is made", () => {
    const sources = new Map([...session].filter(([file]) => file !== "src/prompts/index.ts"));
    expect(plan(sources, { kind: "prompt" }).registration).toMatchObject({
      file: "src/create-server.ts",
      lines: [
        'import { getForecastPrompt } from "./prompts/get-forecast.ts";',
        "server.addPrompt(getForecastPrompt);",
      ],
    });
  });

  test.each([
    ["a broken list", "src/tools/index.ts", "export function (", /index\.ts has a syntax error in line 1/],
    ["a role nobody has", "src/session.ts", "", /src\/session\.ts exports no requireUser/],
    ["no helpers for tests", "test/clients.ts", "", /test\/clients\.ts with connectInMemory/],
  ])("%s is said", (_, file, text, problem) => {
    const sources = changed(session, file, () => text);
    const role = file === "src/session.ts" ? "admin" : undefined;
    expect(() => plan(sources, { role })).toThrow(problem);
  });

  test("a project with nothing of ours is told what to write, and behind which line", () => {
    const sources = new Map([
      ["src/main.ts", 'import { FastMCP } from "fastmcp";\n\nconst mcp = new FastMCP({});\n'],
    ]);
    expect(() => plan(sources, {})).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("neither src/tools/index.ts nor src/create-server.ts") as string,
        hint: expect.stringMatching(
          /behind the server of src\/main\.ts:3:\n\s+mcp\.addTool\(\{\n\s+name: "getForecast"/,
        ) as string,
        exitCode: 1,
      }) as Error,
    );
  });
});

test.each([
  ["tool", "who ami", {}, undefined],
  ["tool", "whoami", {}, /offers a tool whoami already, in src\/tools\/whoami\.ts/],
  ["tool", "track_session", {}, /offers a tool trackSession already/],
  ["prompt", "personalizedGreeting", {}, /offers a prompt personalized-greeting already/],
  ["resource", "current user", {}, /offers a resource session:\/\/current-user already/],
  ["resource", "me", { uri: "session://current-user" }, /already, in src\/resources\/current-user\.ts/],
  ["tool", "server", {}, /index\.ts uses the name server already/],
  ["tool", "parameters", {}, /what the new file calls something else/],
  ["tool", "class", {}, /reserved word/],
  ["resource", "me", { uri: "me" }, /has a scheme/],
  ["tool", "me", { role: "king" }, /no role "king"/],
] as const)("%s %s %j", (kind, name, more, problem) => {
  const planned = () => plan(session, { kind, name, ...more });
  if (problem === undefined) expect(planned).not.toThrow();
  else expect(planned).toThrow(problem);
});

test("a tool of the server that is made in place is seen too", () => {
  expect(() => plan(minimal, { name: "add" })).toThrow(
    /offers a tool add already, in src\/create-server\.ts/,
  );
  expect(() => plan(minimal, { role: "admin" })).toThrow(/has no roles/);
});

/** The test of a new tool, resource or prompt: through MCP, as the project's own tests are, and passing from the start. */
import { quoted, type AddedCode } from "./added-code.ts";
import type { AddedKind } from "./added-names.ts";
import { filledUri, type ResourceUri } from "./resource-uri.ts";

export type AddedTest = {
  readonly kind: AddedKind;
  readonly code: AddedCode;
  readonly uri: ResourceUri;
};

/** What tests give to what they call. */
const sample = { text: "hello", topic: "tides", argument: "42" };

/** With the helpers of the session template's test/clients.ts. */
export function sessionTest({ kind, code, uri }: AddedTest): string {
  const { names, role, session, ending } = code;
  const user = role ?? session?.roles.find((each) => each === "user") ?? session?.roles[0] ?? "user";
  const stranger = role === undefined ? undefined : session?.roles.find((each) => each !== role);
  const ask = (who: string): string => asking(kind, code, uri, who);
  const connect = (as: string): string => `connectInMemory(server, ${quoted(as)})`;
  const title = role === undefined ? `${names.mcp} answers` : `${names.mcp} is for the role ${role}`;
  return lines([
    'import { expect, test } from "vitest";',
    `import { connectInMemory, testServer } from "../clients${ending}";`,
    "",
    `test(${quoted(title)}, async () => {`,
    ...(stranger === undefined
      ? [`  const caller = await connectInMemory(testServer(), ${quoted(user)});`]
      : [
          "  const server = testServer();",
          `  const [caller, stranger] = await Promise.all([${connect(user)}, ${connect(stranger)}]);`,
        ]),
    ...answerOfSession(kind, code, uri, user),
    ...(kind === "tool"
      ? [`  await expect(caller.call(${quoted(names.mcp)}, {})).rejects.toThrow(/text/);`]
      : []),
    ...(stranger === undefined
      ? ["  await caller.close();"]
      : [
          ...(kind === "tool"
            ? [
                "  const { tools } = await stranger.client.listTools();",
                `  expect(tools.map(({ name }) => name)).not.toContain(${quoted(names.mcp)});`,
              ]
            : [`  await expect(${ask("stranger")}).rejects.toThrow(/Only for the role/);`]),
          "  await Promise.all([caller.close(), stranger.close()]);",
        ]),
    "});",
  ]);
}

function asking(kind: AddedKind, { names }: AddedCode, uri: ResourceUri, who: string): string {
  const { text, topic, argument } = sample;
  switch (kind) {
    case "tool":
      return `${who}.call(${quoted(names.mcp)}, { text: ${quoted(text)} })`;
    case "resource":
      return `${who}.client.readResource({ uri: ${quoted(filledUri(uri, argument))} })`;
    case "prompt":
      return `${who}.client.getPrompt({ name: ${quoted(names.mcp)}, arguments: { topic: ${quoted(topic)} } })`;
  }
}

function answerOfSession(
  kind: AddedKind,
  code: AddedCode,
  uri: ResourceUri,
  user: string,
): readonly string[] {
  const hasUser = code.session?.hasUser === true;
  const ask = asking(kind, code, uri, "caller");
  switch (kind) {
    case "tool": {
      const answer = { ...(hasUser ? { user } : {}), text: sample.text };
      return [`  expect(await ${ask}).toEqual(${literal(answer)});`];
    }
    case "resource": {
      const value = hasUser ? { ...argumentsOf(uri), readBy: user } : resourceAnswer(code, uri);
      return [
        `  const { contents } = await ${ask};`,
        `  expect(contents[0]).toMatchObject({ text: JSON.stringify(${literal(value)}) });`,
      ];
    }
    case "prompt":
      return [
        `  const { messages } = await ${ask};`,
        `  expect(messages[0]?.content).toMatchObject({ text: ${quoted(promptAnswer(hasUser ? user : undefined))} });`,
      ];
  }
}

/** With nothing but `createServer` of src/create-server.ts. */
export function plainTest({ kind, code, uri }: AddedTest): string {
  const { names, ending } = code;
  return lines([
    'import { Client } from "@modelcontextprotocol/sdk/client/index.js";',
    'import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";',
    'import { expect, test } from "vitest";',
    `import { createServer } from "../../src/create-server${ending}";`,
    "",
    `test(${quoted(`${names.mcp} answers`)}, async () => {`,
    "  const [ours, theirs] = InMemoryTransport.createLinkedPair();",
    '  const client = new Client({ name: "test", version: "1.0.0" });',
    "  await Promise.all([createServer().connect(theirs), client.connect(ours)]);",
    ...plainAnswer(kind, code, uri),
    "  await client.close();",
    "});",
  ]);
}

function plainAnswer(kind: AddedKind, code: AddedCode, uri: ResourceUri): readonly string[] {
  const name = quoted(code.names.mcp);
  const { text, topic, argument } = sample;
  switch (kind) {
    case "tool":
      return [
        `  const { content } = await client.callTool({ name: ${name}, arguments: { text: ${quoted(text)} } });`,
        `  expect(content).toEqual([{ type: "text", text: ${quoted(text)} }]);`,
      ];
    case "resource":
      return [
        `  const { contents } = await client.readResource({ uri: ${quoted(filledUri(uri, argument))} });`,
        `  expect(contents[0]).toMatchObject({ text: JSON.stringify(${literal(resourceAnswer(code, uri))}) });`,
      ];
    case "prompt":
      return [
        `  const { messages } = await client.getPrompt({ name: ${name}, arguments: { topic: ${quoted(topic)} } });`,
        `  expect(messages[0]?.content).toMatchObject({ text: ${quoted(promptAnswer(undefined))} });`,
      ];
  }
}

/** The words behind `mcp call` that do what the test does. */
export function sampleCall(kind: AddedKind, { names }: AddedCode, uri: ResourceUri): readonly string[] {
  switch (kind) {
    case "tool":
      return [names.mcp, `text=${sample.text}`];
    case "resource":
      return ["--resource", filledUri(uri, sample.argument)];
    case "prompt":
      return ["--prompt", names.mcp, `topic=${sample.topic}`];
  }
}

function promptAnswer(user: string | undefined): string {
  return `${user === undefined ? "" : `The user is ${user}. `}The topic is ${sample.topic}.`;
}

function resourceAnswer({ names }: AddedCode, uri: ResourceUri): Readonly<Record<string, string>> {
  return uri.args.length > 0 ? argumentsOf(uri) : { name: names.title };
}

function argumentsOf({ args }: ResourceUri): Readonly<Record<string, string>> {
  return Object.fromEntries(args.map((name) => [name, sample.argument]));
}

/** Names of arguments are words, so they need no quotes as keys. */
function literal(value: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(value)
    .map(([name, text]) => `${name}: ${quoted(text)}`)
    .join(", ")} }`;
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}

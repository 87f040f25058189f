/** A server that asks its client while it is replaced: each child gets the answers to its own questions. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

type Question = { readonly text: string; readonly answer: (word: string) => void };

/** A client whose model and user answer when the test says so. */
class AskedClient {
  readonly questions: Question[] = [];
  readonly client = new Client(
    { name: "asked", version: "1.0.0" },
    { capabilities: { sampling: {}, elicitation: {} } },
  );

  constructor() {
    this.client.setRequestHandler(CreateMessageRequestSchema, async ({ params }) => {
      const [message] = params.messages;
      const content = [message?.content].flat()[0];
      const word = await this.#asked(content?.type === "text" ? content.text : "");
      return { role: "assistant", model: "test", content: { type: "text", text: word } };
    });
    this.client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
      action: "accept",
      content: { name: await this.#asked(params.message) },
    }));
  }

  async next(text: string): Promise<Question> {
    await expect.poll(() => this.questions.map((one) => one.text), { timeout: 10_000 }).toContain(text);
    return this.questions.find((one) => one.text === text)!;
  }

  #asked(text: string): Promise<string> {
    return new Promise((answer) => this.questions.push({ text, answer }));
  }
}

test.for([
  ["http", "sample"],
  ["http", "elicit"],
  ["stdio", "elicit"],
] as const)("%s: %s in both children at once", async ([transport, tool], { bench }) => {
  const asked = new AskedClient();
  const project = await bench.project("asking.ts");
  const { records, client } = await bench.over(transport, project, asked.client);
  const old = call(client, tool);
  const first = await asked.next("Hello");
  await project.greet("Salut");
  await records.reload("serving");
  const fresh = call(client, tool);
  const second = await asked.next("Salut");
  second.answer("two");
  expect(await fresh).toMatch(/^Salut got .*"two"/);
  first.answer("one");
  expect(await old).toMatch(/^Hello got .*"one"/);
  expect(asked.questions).toHaveLength(2);
});

test.for(["http", "stdio"] as const)(
  "%s: a question right after each of three saves",
  async (transport, { bench }) => {
    const asked = new AskedClient();
    const project = await bench.project("asking.ts");
    const { records, client } = await bench.over(transport, project, asked.client);
    for (const word of ["one", "two", "three"]) {
      await project.greet(word);
      await records.reload("serving");
      const answer = call(client, "elicit");
      (await asked.next(word)).answer("me");
      expect(await answer).toBe(`${word} got {"name":"me"}`);
    }
  },
);

/** Questions for a person at a terminal; each shows the flag that answers it. */
import { confirm, input, password, search, select } from "@inquirer/prompts";
import { fit } from "./display-width.ts";
import { stylesFor } from "./styles.ts";

export type PromptStreams = {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  /** A question leaves the screen when it is answered, or thought better of. */
  readonly clearPromptOnDone?: boolean;
};

const cellsElsewhere = 80;

/** What a prompt throws when it was left by Ctrl-C or by its signal. */
export function isCancelledPrompt(error: unknown): boolean {
  return error instanceof Error && (error.name === "ExitPromptError" || error.name === "AbortPromptError");
}

/** @param problemOf what is wrong with an answer, or undefined. */
export function askText(
  streams: PromptStreams,
  question: {
    message: string;
    flag: string;
    preset: string;
    problemOf: (answer: string) => string | undefined | Promise<string | undefined>;
  },
): Promise<string> {
  const { message, flag, preset, problemOf } = question;
  return input(
    {
      message: withFlag(message, flag, streams),
      default: preset,
      validate: async (answer) => (await problemOf(answer === "" ? preset : answer)) ?? true,
    },
    streams,
  );
}

/** What a question was answered with, where the question itself does not stay. */
export function showAnswer({ output }: PromptStreams, name: string, answer: string): void {
  const { green, dim } = stylesFor(output);
  output.write(`${green("✔")} ${dim(name)} ${answer}\n`);
}

export function askChoice<T extends string>(
  streams: PromptStreams,
  question: {
    message: string;
    flag: string;
    choices: readonly { value: T; description: string }[];
    preset: T;
  },
): Promise<T> {
  const { message, flag, preset } = question;
  const { dim } = stylesFor(streams.output);
  const width = Math.max(...question.choices.map(({ value }) => value.length));
  const choices = question.choices.map(({ value, description }) => ({
    value,
    name: `${value.padEnd(width)}  ${dim(description)}`,
    short: value,
  }));
  return select(
    { message: withFlag(message, flag, streams), choices, default: preset, loop: false },
    streams,
  );
}

/** One of some values, shown as they are. */
export function askOneOf<T>(
  streams: PromptStreams,
  question: {
    message: string;
    flag: string;
    choices: readonly { value: T; name: string }[];
    preset: T;
  },
): Promise<T> {
  const { message, flag, choices, preset } = question;
  return select({ message: withFlag(message, flag, streams), choices, default: preset }, streams);
}

/** One of many, each on one line: typing leaves those that contain what was typed. */
export function askSearch(
  streams: PromptStreams,
  question: {
    message: string;
    choices: readonly { value: string; name: string; description: string }[];
  },
): Promise<string> {
  const { message, choices } = question;
  const cells = (streams.output.columns || cellsElsewhere) - "❯ ".length - 1;
  const source = (typed = ""): typeof choices =>
    choices
      .filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()))
      .map((choice) => ({ ...choice, name: fit(choice.name, cells) }));
  return search({ message, source }, streams);
}

export function askYesNo(
  streams: PromptStreams,
  question: { message: string; flag: string; preset: boolean },
): Promise<boolean> {
  const { message, flag, preset } = question;
  return confirm({ message: withFlag(message, flag, streams), default: preset }, streams);
}

function withFlag(message: string, flag: string, streams: PromptStreams): string {
  return `${message} ${stylesFor(streams.output).dim(flag)}`;
}

/** What is typed is not shown. */
export function askHidden(
  streams: PromptStreams,
  question: { message: string; flag: string },
): Promise<string> {
  return password({ message: withFlag(question.message, question.flag, streams), mask: true }, streams);
}

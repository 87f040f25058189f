/** Undoing what was begun: the steps back, and what is said where one of them fails. */
import { rm } from "node:fs/promises";
import { CliError } from "../cli-error.ts";

/** Something could not be taken back. */
export class LeftBehind extends CliError {}

export type Undo = {
  readonly run: () => Promise<unknown>;
  /** What is left to do where it fails. */
  readonly byHand: string;
};

export const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

/** One that fails does not keep the others from being done. */
export async function takeBack(undos: readonly Undo[], because: unknown): Promise<void> {
  const left = new Map<string, unknown>();
  for (const { byHand, run } of undos) await run().catch((error: unknown) => left.set(byHand, error));
  const [first] = left.values();
  if (left.size === 0) return;
  const begun = because === undefined ? "" : `${messageOf(because)}; `;
  throw new LeftBehind(`${begun}what was begun could not be taken back: ${messageOf(first)}`, {
    hint: [...left.keys()].join("\n      "),
    cause: because ?? first,
  });
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "AbortError" ? "cancelled" : error.message;
}

export function removing(path: string): Undo {
  return { run: () => rm(path, removal), byHand: `remove ${path}` };
}

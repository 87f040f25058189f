/** What the parts of create hand to each other: a creation that is decided, and a failure after which the project stays. */
import { CliError } from "../cli-error.ts";
import type { TemplateOptions } from "../scaffold/catalogue.ts";
import { shellWord } from "../scaffold/invocation.ts";
import type { PackageManager } from "../scaffold/package-managers.ts";
import type { PlannedFile } from "../scaffold/plan.ts";
import type { Fit, Target } from "../scaffold/target.ts";

/** Everything that is decided before anything is written. */
export type Creation = {
  readonly name: string;
  readonly template: string;
  readonly options: TemplateOptions;
  readonly manager: PackageManager;
  readonly target: Target;
  /** As a person in the current folder writes it. */
  readonly shownPath: string;
  readonly files: readonly PlannedFile[];
  readonly fit: Fit;
  readonly install: boolean;
  readonly git: boolean;
  readonly verify: boolean;
  readonly swallowedVariables: readonly string[];
  /** The one command that makes the same project without a question. */
  readonly command: string;
  /** Why that command is worth being shown. */
  readonly told: "asked" | "not asked" | undefined;
};

/** The project is whole, and stays. */
export class KeptFailure extends CliError {}

/** Cancelled while a project that was there had its packages installed: everything is as it was, but not node_modules. */
export class CancelledInstall extends Error {
  constructor(manager: PackageManager) {
    super(`your files are as they were, node_modules is not: run ${installCommandLine(manager)} again`);
  }
}

export function failureWithTail(reason: string, tail: readonly string[], hint: string): KeptFailure {
  const lines = tail.map((line) => `\n      ${line}`).join("");
  return new KeptFailure(`${reason}${lines}`, { hint });
}

export function goTo({ shownPath }: Creation): string {
  return shownPath === "." ? "" : `cd ${shellWord(shownPath)} && `;
}

export function installCommandLine(manager: PackageManager): string {
  return `${manager} install`;
}

/** The one error that a user is expected to meet: it prints what is wrong and what to do, and no stack. */

/** Exit codes of every command; a cancelled command ends with 128 + the signal's number. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

export class CliError extends Error {
  override readonly name = "CliError";
  /** What the user can do about it, one line. */
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, options: { hint?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** For what another bundle may have thrown, which has a class of its own. */
export function isCliError(error: unknown): error is CliError {
  return (
    error instanceof Error &&
    error.name === "CliError" &&
    "exitCode" in error &&
    typeof error.exitCode === "number"
  );
}

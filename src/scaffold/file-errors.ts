/** Failures of the file system as a person meets them. */
import { CliError } from "../cli-error.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is a file",
  ENOENT: "it does not exist and cannot be made",
  ENAMETOOLONG: "the name is too long",
  EEXIST: "something else was made there meanwhile",
  ENOTEMPTY: "something else was made there meanwhile",
};

/** The error as a CliError where it is one of the file system's; anything else as it is. */
export function explainFileError(error: unknown, what: string): unknown {
  const code = errorCode(error);
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  const remedy = code === "ENOSPC" ? "make room" : "make this one writable";
  return new CliError(`cannot write ${what}: ${reason}`, {
    hint: `choose another directory, or ${remedy}; nothing was left behind`,
    cause: error,
  });
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

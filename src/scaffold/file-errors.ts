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

/** The alternative where a person chooses the directory. */
export const elsewhere = "choose another directory";

/**
 * The error as a CliError where it is one of the file system's; anything else as it is.
 * @param what the path that was to be written.
 * @param alternative what else may be done than making it possible there.
 */
export function explainFileError(error: unknown, what: string, alternative: string | undefined): unknown {
  const code = errorCode(error);
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  const remedy = code === "ENOSPC" ? "make room" : "make that place writable";
  return new CliError(`cannot write ${what}: ${reason}`, {
    hint: `${alternative === undefined ? "" : `${alternative}, or `}${remedy}; nothing was left behind`,
    cause: error,
  });
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Opens a log for reading, and says in plain words why it cannot. */
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { CliError } from "../cli-error.ts";

// Windows has no such flag.
const nonBlocking = "O_NONBLOCK" in constants ? constants.O_NONBLOCK : 0;

/** @throws CliError if there is no such file, it is no regular file, or may not be read. */
export async function openLog(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK the opening of a named pipe waits for its writer, for ever.
    file = await open(path, constants.O_RDONLY | nonBlocking);
  } catch (error) {
    throw readFailure(path, error);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notAFile(path);
}

export function notAFile(path: string): CliError {
  return new CliError(`${path} is not a file`, { hint: "give a log file or a project folder" });
}

/** Old logs are removed by any `mcp dev` at any time. */
export async function openUnlessGone(path: string): Promise<FileHandle | undefined> {
  try {
    return await openLog(path);
  } catch (error) {
    if (error instanceof Error && errorCode(error.cause) === "ENOENT") return undefined;
    throw error;
  }
}

export function readFailure(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CliError(`${path} does not exist`, {
      hint: "give a log file or a project folder",
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new CliError(`no permission to read ${path}`, {
      hint: "a session log is for the user who ran mcp dev; run this as that user",
      cause: error,
    });
  }
  return error;
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

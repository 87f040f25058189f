/** Tells the logs that may be read from those that are another user's. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { CliError } from "../cli-error.ts";
import type { FoundFile } from "./log-files.ts";
import { errorCode, readFailure } from "./open-log.ts";

/** @returns `refused` says of each file that may not be read why; the logs are without these. */
export async function partedByAccess(
  logs: readonly FoundFile[][],
): Promise<{ readonly logs: FoundFile[][]; readonly refused: CliError[] }> {
  const refused: CliError[] = [];
  const isReadable = async ({ path }: FoundFile): Promise<boolean> => {
    try {
      await access(path, constants.R_OK);
    } catch (error) {
      const failure = readFailure(path, error);
      // One that is gone since is nobody's loss.
      if (!(failure instanceof CliError) || errorCode(error) === "ENOENT") return true;
      refused.push(failure);
      return false;
    }
    return true;
  };
  const parted = logs.map(async (parts) => {
    const flags = await Promise.all(parts.map(isReadable));
    return parts.filter((_, index) => flags[index]);
  });
  return { logs: (await Promise.all(parted)).filter((parts) => parts.length > 0), refused };
}

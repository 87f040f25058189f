/** Opens the log's file: in its folder, which ignores itself, or where the user wants it; says what to do if it cannot. */
import fs from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { LogFile } from "./log-file.ts";

export function openInFolder(directory: string, name: string): LogFile {
  return explained(directory, () => new LogFile(path.join(directory, name), () => makeFolder(directory)));
}

/** A file that exists is appended to, on a line of its own. */
export function openAt(file: string): LogFile {
  return explained(file, () => {
    const cutLine = endsInsideLine(file);
    const opened = new LogFile(file, () => fs.mkdirSync(path.dirname(file), { recursive: true }));
    if (cutLine) opened.writeSync(Buffer.from("\n"));
    return opened;
  });
}

/** Private, and invisible to git. */
function makeFolder(directory: string): void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  ignoreItself(directory);
}

/** Whether what is there ends inside a line, as a process that was killed leaves it. */
function endsInsideLine(file: string): boolean {
  try {
    const stats = fs.statSync(file);
    if (!stats.isFile()) return false;
    const descriptor = fs.openSync(file, "r");
    try {
      const { size } = stats;
      const last = Buffer.alloc(1);
      return size > 0 && fs.readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/** Only a folder that is ours: `.mcp` around the sessions, or else the folder of the logs itself. */
function ignoreItself(directory: string): void {
  const parent = path.dirname(directory);
  const owned = path.basename(parent) === ".mcp" ? parent : directory;
  try {
    fs.writeFileSync(path.join(owned, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function explained(place: string, open: () => LogFile): LogFile {
  try {
    return open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(`The session log cannot be written to ${place} (${code ?? message}).`, {
      hint: "Choose another place with --log <file>, or do without with --no-log.",
      cause: error,
    });
  }
}

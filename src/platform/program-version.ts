/** Asks a program for its version. */
import { tmpdir } from "node:os";
import { execa } from "execa";

const timeoutMs = 5000;

/** Undefined if it is not there, or says nothing that is a version. Elsewhere than here: a project may pin another one. */
export async function versionOf(program: string): Promise<string | undefined> {
  const { stdout } = await execa(program, ["--version"], {
    ...{ cwd: tmpdir(), stdin: "ignore", reject: false, timeout: timeoutMs },
    env: { COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" },
  });
  return /^\d+\.\d+\.\d+\S*$/m.exec(stdout)?.[0];
}

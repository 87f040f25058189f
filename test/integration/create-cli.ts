/** Runs `create-fastmcp` as a person's shell would, in a scratch folder, with only the programs on the path that a test wants. */
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export const root = join(import.meta.dirname, "../..");
export const bin = join(root, "bin", "create-fastmcp.js");

export type Scratch = {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly create: (args: readonly string[], env?: Record<string, string>) => Promise<Ended>;
  /** Puts a shell script on the path. */
  readonly program: (name: string, script: string) => Promise<void>;
  readonly remove: () => Promise<void>;
};

export type Ended = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };

/** Programs that scripts of tests and git need; package managers and git are not among them. */
const ordinary = ["sh", "env", "mkdir", "touch", "echo", "cat", "ln"];

export async function scratch(): Promise<Scratch> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "create-")));
  const [folder, programs] = [join(base, "work"), join(base, "bin")];
  await mkdir(folder);
  await mkdir(programs);
  await symlink(process.execPath, join(programs, "node"));
  for (const name of ordinary) {
    await symlink((await execa("which", [name])).stdout, join(programs, name));
  }
  const env = {
    PATH: programs,
    HOME: base,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: join(base, "gitconfig"),
    // A repository above the scratch folder is none of the tests' business.
    GIT_CEILING_DIRECTORIES: base,
  };
  return {
    folder,
    env,
    create: async (args, more = {}) => {
      const ended = await execa("node", [bin, ...args], {
        cwd: folder,
        env: { ...env, ...more },
        extendEnv: false,
        reject: false,
        stdin: "ignore",
      });
      return { code: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
    },
    program: async (name, script) => {
      const path = join(programs, name);
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
    },
    remove: () => rm(base, { recursive: true }),
  };
}

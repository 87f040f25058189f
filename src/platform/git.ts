/** Puts a new project under git, or says why not. */
import { execa } from "execa";

export type GitOutcome =
  { readonly kind: "committed" } | { readonly kind: "skipped"; readonly reason: string };

// A hook or an alias of an outer repository may have set these for itself.
const env = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_TERMINAL_PROMPT: "0",
};

/** init and the first commit; rejects only when aborted. */
export async function commitProject(cwd: string, message: string, signal: AbortSignal): Promise<GitOutcome> {
  const git = async (...args: string[]): Promise<{ ok: boolean; missing: boolean; text: string }> => {
    const result = await execa("git", args, {
      cwd,
      env,
      cancelSignal: signal,
      reject: false,
      stdin: "ignore",
    });
    signal.throwIfAborted();
    return { ok: !result.failed, missing: result.code === "ENOENT", text: result.stdout || result.stderr };
  };
  const inside = await git("rev-parse", "--is-inside-work-tree");
  if (inside.missing) return skipped("git is not installed");
  if (inside.ok) return skipped("the folder is already in a git repository");
  if (!(await hasIdentity(git))) {
    return skipped("git does not know who you are: set git config --global user.name and user.email");
  }
  // Signing may ask for a passphrase, which nobody would see.
  const steps = [
    ["init", "--quiet"],
    ["add", "--all"],
    ["-c", "commit.gpgsign=false", "commit", "--quiet", "--message", message],
  ];
  for (const step of steps) {
    const done = await git(...step);
    if (!done.ok)
      return skipped(
        `git ${step.at(-1) === message ? "commit" : (step[0] ?? "")} failed: ${firstLine(done.text)}`,
      );
  }
  return { kind: "committed" };
}

async function hasIdentity(git: (...args: string[]) => Promise<{ ok: boolean }>): Promise<boolean> {
  const known = async (role: string): Promise<boolean> => {
    const { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email } = process.env;
    const named = name !== undefined || (await git("config", "user.name")).ok;
    return named && (email !== undefined || (await git("config", "user.email")).ok);
  };
  return (await known("AUTHOR")) && (await known("COMMITTER"));
}

function skipped(reason: string): GitOutcome {
  return { kind: "skipped", reason };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

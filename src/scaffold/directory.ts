/** Reads the directory argument, typed behind the command or into the prompt: the one check for both. */
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { nameOfFolder, nameProblem, nearestName } from "./names.ts";

export type Directory =
  | { readonly ok: true; readonly path: string; readonly name: string }
  | { readonly ok: false; readonly problem: string; readonly suggestion: string | undefined };

export function readDirectory(text: string, cwd: string): Directory {
  const trimmed = text.trim();
  if (trimmed === "") return refused("a directory needs a name", undefined);
  if (trimmed.includes("\0")) return refused("a directory's name cannot contain a null character", undefined);
  // A shell does this with what is typed behind the command; at the prompt there is none.
  const path = /^~(?:[/\\]|$)/.test(trimmed) ? join(homedir(), trimmed.slice(1)) : resolve(cwd, trimmed);
  const name = nameOfFolder(path);
  if (name === "") return refused(`"${path}" is not a place for a project`, undefined);
  const problem = nameProblem(name);
  if (problem === undefined) return { ok: true, path, name };
  const near = nearestName(name);
  // The folder that one is in has its name already: the project takes a near one.
  if (path === resolve(cwd) && near !== undefined) return { ok: true, path, name: near };
  return refused(problem, near === undefined ? undefined : besideNamed(path, near, cwd));
}

/** In the folder that was meant. */
function besideNamed(path: string, near: string, cwd: string): string {
  const beside = resolve(path, near.startsWith("@") ? "../.." : "..", near);
  const fromHere = relative(cwd, beside);
  return fromHere.startsWith("..") ? beside : fromHere;
}

function refused(problem: string, suggestion: string | undefined): Directory {
  return { ok: false, problem, suggestion };
}

/** A project of its own for one test: a fixture server, what it imports, and the installed packages. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const servers = join(root, "test/fixtures/servers");

export class Project {
  readonly folder: string;
  readonly entry: string;

  private constructor(folder: string, entry: string) {
    this.folder = folder;
    this.entry = entry;
  }

  /** @param packages those that are installed; all of this repository's if omitted. */
  static async create(server: string, packages?: readonly string[]): Promise<Project> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "mcp-dev-")));
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "fixture", type: "module" }));
    for (const file of [server, "greeting.ts"]) await cp(join(servers, file), join(folder, "src", file));
    const modules = join(folder, "node_modules");
    if (packages === undefined) await symlink(join(root, "node_modules"), modules);
    else await mkdir(modules);
    for (const name of packages ?? []) await symlink(join(root, "node_modules", name), join(modules, name));
    return new Project(folder, `src/${server}`);
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  save(file: string, text: string): Promise<void> {
    return writeFile(this.path(file), text);
  }

  greet(word: string): Promise<void> {
    return this.save("src/greeting.ts", `export const greeting: string = ${JSON.stringify(word)};\n`);
  }

  has(file: string): boolean {
    return existsSync(this.path(file));
  }

  read(file: string): Promise<string> {
    return readFile(this.path(file), "utf8");
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** create-fastmcp as a person sees it: questions, a wrong answer corrected, Ctrl-C. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { spawn, type IPty } from "@lydell/node-pty";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bin, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;
let terminal: Terminal | undefined;

beforeEach(async () => {
  place = await scratch();
});
afterEach(async () => {
  terminal?.kill();
  await place.remove();
});

type Terminal = {
  /** Waits until the text is on the screen, after everything that was waited for before. */
  readonly see: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  readonly ended: Promise<number>;
  readonly kill: () => void;
};

const keys = { enter: "\r", down: "\u001B[B", ctrlC: "\u0003", clearLine: "\u0015" };

function open(args: readonly string[]): Terminal {
  const pty: IPty = spawn(process.execPath, [bin, ...args], {
    ...{ cwd: place.folder, cols: 120, rows: 40, name: "xterm-256color" },
    env: { ...place.env, TERM: "xterm-256color" },
  });
  let seen = "";
  let from = 0;
  let look = (): void => undefined;
  pty.onData((data) => {
    seen += data;
    look();
  });
  let running = true;
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      running = false;
      look();
      resolve(exitCode);
    });
  });
  return {
    ended,
    type: (text) => pty.write(text),
    kill: () => {
      if (running) pty.kill("SIGKILL");
    },
    see: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const screen = stripVTControlCharacters(seen);
          const at = screen.indexOf(text, from);
          if (at >= 0) {
            from = at + text.length;
            look = () => undefined;
            resolve();
          } else if (!running) reject(new Error(`ended without "${text}":\n${screen.slice(from)}`));
        };
        look();
      }),
  };
}

test("defaults: Enter, three times", async () => {
  terminal = open(["--no-install", "--no-git"]);
  await terminal.see("Directory of the new project [directory]");
  terminal.type(keys.enter);
  await terminal.see("--transport");
  terminal.type(keys.enter);
  await terminal.see("--no-roots");
  terminal.type(keys.enter);
  await terminal.see("npm run dev");
  expect(await terminal.ended).toBe(0);
  const project = join(place.folder, "my-mcp-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain("httpStream");
  expect(await readdir(join(project, "src/tools"))).toContain("list-roots.ts");
});

test("a bad name is corrected, arrows choose, a flag that is given is not asked", async () => {
  terminal = open(["--no-roots", "--no-install", "--no-git"]);
  await terminal.see("[directory]");
  terminal.type("My Server");
  terminal.type(keys.enter);
  await terminal.see('npm would refuse the name "My Server"');
  terminal.type(`${keys.clearLine}my-server`);
  await terminal.see("my-server");
  terminal.type(keys.enter);
  await terminal.see("--transport");
  terminal.type(keys.down);
  await terminal.see("❯ stdio");
  terminal.type(keys.enter);
  expect(await terminal.ended).toBe(0);
  const project = join(place.folder, "my-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain('"stdio"');
  expect(await readdir(join(project, "src/tools"))).not.toContain("list-roots.ts");
});

test.each(["[directory]", "--transport"])("Ctrl-C at %s: 130, and nothing is left", async (question) => {
  terminal = open(question === "[directory]" ? [] : ["my-server"]);
  await terminal.see(question);
  terminal.type(keys.ctrlC);
  await terminal.see("cancelled, nothing was left behind");
  expect(await terminal.ended).toBe(130);
  expect(await readdir(place.folder)).toEqual([]);
});

test("Ctrl-C while the package manager runs: 130, and nothing is left", async () => {
  await place.program("npm", "mkdir node_modules; echo downloading; exec node -e 'setTimeout(()=>{},60000)'");
  terminal = open(["my-server", "-y"]);
  await terminal.see("downloading");
  terminal.type(keys.ctrlC);
  await terminal.see("cancelled, nothing was left behind");
  expect(await terminal.ended).toBe(130);
  expect(await readdir(place.folder)).toEqual([]);
});

/** Runs the MCP Inspector on this endpoint, with the newest version that npm has. */
import { execa } from "execa";
import { createInterface } from "node:readline";
import { endGroup } from "../platform/process-group.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Styles } from "../terminal/styles.ts";

const packageName = "@modelcontextprotocol/inspector";
/** What the Inspector says that it needs. */
const nodeVersionMin = [22, 19] as const;
const endGraceMs = 2000;

type Running = { readonly pid: number; readonly exited: Promise<unknown> };

export class DevInspector {
  readonly #say: (lines: readonly string[]) => void;
  readonly #styles: Styles;
  readonly #nodeVersion: string;
  #running: Running | undefined;

  constructor(
    say: (lines: readonly string[]) => void,
    styles: Styles,
    nodeVersion: string = process.versions.node,
  ) {
    this.#say = say;
    this.#styles = styles;
    this.#nodeVersion = nodeVersion;
  }

  /** Starts it, or ends the one that runs. */
  async toggle(url: string): Promise<void> {
    if (this.#running !== undefined) {
      await this.close();
      this.#say([this.#styles.dim("  the MCP Inspector has ended")]);
      return;
    }
    const args = ["-y", packageName, "--transport", "http", "--server-url", url];
    const command = `npx ${args.join(" ")}`;
    if (!isNewEnough(this.#nodeVersion)) {
      const needs = `the MCP Inspector needs Node ${nodeVersionMin.join(".")} or later, and this is ${this.#nodeVersion}`;
      this.#say([this.#styles.yellow(`  ▲ ${needs}`), `    with such a Node: ${command}`]);
      return;
    }
    this.#say([
      "",
      `  starting the MCP Inspector: ${this.#styles.bold(command)}`,
      this.#styles.dim("  npx fetches it the first time; it opens a page in your browser; i ends it"),
      "",
    ]);
    this.#start(args, command);
  }

  #failure(command: string): string[] {
    return [
      this.#styles.red("  ✗ the MCP Inspector did not stay"),
      "    npx needs the network to fetch it the first time; i tries again, and by hand it is",
      `    ${command}`,
    ];
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) await endGroup(running.pid, running.exited, endGraceMs);
  }

  #start(args: readonly string[], command: string): void {
    // A group of its own: what npx starts is ended with it.
    const subprocess = execa("npx", args, {
      stdin: "ignore",
      all: true,
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
    });
    const lines = createInterface({ input: subprocess.all });
    lines.on("line", (line) => this.#say([this.#styles.dim(`  inspector │ ${plainText(line)}`)]));
    const { pid } = subprocess;
    if (pid === undefined) {
      this.#say([this.#styles.red("  ✗ npx cannot be started"), `    it comes with npm: ${command}`]);
      return;
    }
    const running: Running = { pid, exited: subprocess };
    this.#running = running;
    void subprocess.then(({ exitCode }) => {
      // Ended by `i`, or by the end of all.
      if (this.#running !== running) return;
      this.#running = undefined;
      if (exitCode === 0) this.#say([this.#styles.dim("  the MCP Inspector has ended")]);
      else this.#say(this.#failure(command));
    });
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = nodeVersionMin;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

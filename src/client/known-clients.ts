/** The clients that an entry can be written for: where each keeps its servers, and how it names them. */
import { homedir } from "node:os";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";

export const clientNames = ["claude", "claude-code", "cursor", "vscode"] as const;
export type ClientName = (typeof clientNames)[number];

export type KnownClient = {
  readonly title: string;
  /** The key of the object that holds the servers. */
  readonly key: "mcpServers" | "servers";
  /** Whether an entry says that it speaks stdio. */
  readonly typed: boolean;
  /** What stands for the project's folder in paths; undefined: paths are absolute, the file is not the project's. */
  readonly projectPrefix: string | undefined;
  readonly file: (project: string) => string;
};

export const knownClients: Readonly<Record<ClientName, KnownClient>> = {
  claude: {
    title: "Claude Desktop",
    key: "mcpServers",
    typed: false,
    projectPrefix: undefined,
    file: () => join(applicationFolder(), "Claude", "claude_desktop_config.json"),
  },
  // Starts a project's servers in the project's folder.
  "claude-code": {
    title: "Claude Code",
    key: "mcpServers",
    typed: true,
    projectPrefix: "",
    file: (project) => join(project, ".mcp.json"),
  },
  cursor: {
    title: "Cursor",
    key: "mcpServers",
    typed: false,
    projectPrefix: "${workspaceFolder}/",
    file: (project) => join(project, ".cursor", "mcp.json"),
  },
  vscode: {
    title: "VS Code",
    key: "servers",
    typed: true,
    projectPrefix: "${workspaceFolder}/",
    file: (project) => join(project, ".vscode", "mcp.json"),
  },
};

function applicationFolder(): string {
  const { APPDATA, XDG_CONFIG_HOME } = process.env;
  if (process.platform === "darwin") return join(home(), "Library", "Application Support");
  if (process.platform === "win32") return APPDATA ?? join(home(), "AppData", "Roaming");
  return XDG_CONFIG_HOME === undefined || XDG_CONFIG_HOME === "" ? join(home(), ".config") : XDG_CONFIG_HOME;
}

/** A container may run as a user whom no list of users names: what looks there throws. */
function home(): string {
  try {
    return homedir();
  } catch (error) {
    const hint = "set HOME to the folder of the user who runs Claude Desktop";
    throw new CliError("this user has no home folder, in which Claude Desktop keeps its servers", {
      hint,
      cause: error,
    });
  }
}

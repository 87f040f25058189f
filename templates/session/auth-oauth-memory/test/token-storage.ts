/** Where the tests keep registered clients and tokens: in a folder that is removed afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "oauth-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

export const storageEnvironment = { OAUTH_FOLDER: folder };

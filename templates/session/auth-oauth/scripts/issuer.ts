/** Runs the local issuer where .env looks for it: `npm run issuer`. */
import "../src/load-env-file.ts";
import { startLocalIssuer } from "./local-issuer.ts";

const { port } = new URL(process.env["OAUTH_AUTHORIZE_URL"] ?? "");
const { url } = await startLocalIssuer(Number(port));
process.stderr.write(`signs in whoever asks, at ${url}\n`);

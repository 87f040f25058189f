/** Prints a token for development: `npm run token -- --user alice --role admin --expires 1h`. */
import { parseArgs } from "node:util";
import { SignJWT } from "jose";
import "../src/load-env-file.ts";
import { localPrivateKey } from "../src/local-key.ts";

const { values } = parseArgs({
  // Some package managers pass on the `--` in front of a script's arguments.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    user: { type: "string", default: "user" },
    role: { type: "string", default: "user" },
    expires: { type: "string", default: "30d" },
  },
});

const token = await new SignJWT({ role: values.role })
  .setProtectedHeader({ alg: "EdDSA" })
  .setSubject(values.user)
  .setIssuer(process.env["JWT_ISSUER"] ?? "")
  .setAudience(process.env["JWT_AUDIENCE"] ?? "")
  .setIssuedAt()
  .setExpirationTime(values.expires)
  .sign(localPrivateKey(process.env));

process.stdout.write(`${token}\n`);

/** What helps with an error whose own words do not say it: one line, for the errors that everybody meets. */
import type { ErrorReport } from "../child/messages.ts";
import { addCommand } from "./entry.ts";

const missingPackage = /^Cannot find package '((?:@[^/']+\/)?[^/'.@#~][^/']*)[^']*' imported from/m;
const missingExport = /^The requested module '([^']+)' does not provide an export named '([^']+)'/m;

/** @param project whose package manager is named. */
export function errorHint({ message, stack }: ErrorReport, project: string): string | undefined {
  const [, name] = missingPackage.exec(message) ?? [];
  if (name !== undefined) return `is it installed? ${addCommand(project, "production")} ${name}`;
  if (/^Cannot find package '[@~]\//m.test(message))
    return "tsx takes paths from the tsconfig.json of this folder; TSX_TSCONFIG_PATH in the shell names another";
  if (
    message.endsWith("(reading 'exports')") &&
    (stack ?? "").includes("at require (node:internal/modules/esm/translators")
  )
    return "Node 20 cannot require packages from a .cts file; as .ts in a CommonJS package it can, and Node 22 can anyway";
  const [, module, exported] = missingExport.exec(message) ?? [];
  const isTyped = /\.[cm]?tsx?:\d/.test(stack ?? "");
  if (module !== undefined && exported !== undefined && exported !== "default" && isTyped)
    return `if ${exported} is a type: import type { ${exported} } from "${module}"`;
  return undefined;
}

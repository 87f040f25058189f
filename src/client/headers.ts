/** The headers that a call is sent with: those of the command line, and the project's own credential. */
import { CliError, exitCodes } from "../cli-error.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * `$NAME` and `${NAME}` in a header stand for a variable, so that a credential need not be typed. Without an
 * `Authorization` of its own, a project's own server is sent the variable `MCP_TOKEN`.
 * @throws CliError for what is no header, and for a variable that is not set.
 */
export function headersFor(
  given: readonly string[],
  variables: Variables,
  isOwnServer: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of given) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new CliError(`"${text}" is no header`, {
        hint: 'a header is a name and a value: -H "Authorization: Bearer $MCP_TOKEN"',
        exitCode: exitCodes.usage,
      });
    }
    headers[name.toLowerCase()] = withVariables(value, variables);
  }
  const token = variables["MCP_TOKEN"];
  if (isOwnServer && token !== undefined && token !== "") headers["authorization"] ??= `Bearer ${token}`;
  return headers;
}

function withVariables(text: string, variables: Variables): string {
  return text.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (whole, braced?: string, bare?: string) => {
    const value = variables[braced ?? bare ?? ""];
    if (value !== undefined) return value;
    throw new CliError(`the variable ${whole} is not set`, {
      hint: "set it in the shell or in the project's .env",
      exitCode: exitCodes.usage,
    });
  });
}

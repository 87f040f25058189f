/** Who runs this program: a person, who can be asked, or something that takes no part in a conversation. */
import { detectAgent, detectProvider } from "std-env";

export type Operator =
  | { readonly kind: "person" }
  /** `name` as std-env has it, such as "claude" or "cursor". */
  | { readonly kind: "agent"; readonly name: string }
  | { readonly kind: "ci" }
  | { readonly kind: "no-terminal" };

/** Reads `process.env`: an agent's terminal is a terminal, and its variables are all that tells. */
export function whoRuns(hasTerminal: boolean): Operator {
  const name = agentName();
  if (name !== undefined) return { kind: "agent", name };
  if (isCi()) return { kind: "ci" };
  return hasTerminal ? { kind: "person" } : { kind: "no-terminal" };
}

/** What std-env tells by variables that are in people's own shells, too: Replit's, and those who have set up Goose. */
const ambient = ["replit", "goose"];

function agentName(): string | undefined {
  const { AI_AGENT, AGENT, GOOSE_TERMINAL } = process.env;
  const { name } = detectAgent();
  if (name !== undefined && (AI_AGENT !== undefined || !ambient.includes(name))) return name;
  if (GOOSE_TERMINAL !== undefined) return "goose";
  return AGENT === "amp" ? AGENT : undefined;
}

function isCi(): boolean {
  const { CI } = process.env;
  if (CI !== undefined) return !["", "false", "0"].includes(CI);
  const { name, ci } = detectProvider();
  return name !== "" && ci !== false;
}

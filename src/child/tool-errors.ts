/** Reports what a tool throws with its stack: FastMCP passes on the message alone. */
import { report } from "./channel.ts";
import { errorReport } from "./error-report.ts";

type Execute = (this: unknown, ...args: unknown[]) => unknown;
type Add = (this: object, added: unknown) => unknown;

/** @param isOurs whether a server is one that we have made ourselves. */
export function observeToolErrors(
  prototype: Record<string, unknown>,
  isOurs: (server: object) => boolean,
): void {
  const [addTool, addTools] = [prototype["addTool"] as Add, prototype["addTools"] as Add | undefined];
  prototype["addTool"] = function addToolObserved(this: object, tool: unknown): unknown {
    return addTool.call(this, isOurs(this) ? tool : observed(tool));
  };
  if (addTools === undefined) return;
  prototype["addTools"] = function addToolsObserved(this: object, tools: unknown): unknown {
    const isPlain = !Array.isArray(tools) || isOurs(this);
    return addTools.call(this, isPlain ? tools : (tools as unknown[]).map(observed));
  };
}

/** The same tool, but for a look at what its `execute` throws. */
function observed(tool: unknown): unknown {
  if (typeof tool !== "object" || tool === null || !("execute" in tool)) return tool;
  const { execute } = tool;
  if (typeof execute !== "function") return tool;
  const look: Execute = (...args) => {
    try {
      const result: unknown = Reflect.apply(execute as Execute, tool, args);
      if (result instanceof Promise) result.catch(tell);
      return result;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
  const value = { value: look, configurable: true, enumerable: true, writable: true };
  return Object.create(Object.getPrototypeOf(tool) as object | null, {
    ...Object.getOwnPropertyDescriptors(tool),
    execute: value,
  });
}

/** A `UserError` is an answer, and what the client has cancelled is no failure. */
function tell(thrown: unknown): void {
  try {
    if (thrown instanceof Error && namesOf(thrown).some((name) => answers.has(name))) return;
    report({ type: "toolFailed", error: errorReport(thrown) });
  } catch {
    // An error that cannot even be looked at: its caller gets it all the same.
  }
}

const answers = new Set(["UserError", "AbortError"]);

/** Its own, and those of the classes that it is of. */
function namesOf(error: Error): string[] {
  const names = [error.name];
  for (let own = Object.getPrototypeOf(error) as object | null; own !== null;) {
    names.push(own.constructor.name);
    own = Object.getPrototypeOf(own) as object | null;
  }
  return names;
}

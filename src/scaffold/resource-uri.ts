/** The address of a new resource: checked, its arguments, and one to begin with. */

export type ResourceUri = {
  readonly text: string;
  /** `session://orders/{id}` has the argument `id`: it is a resource template. */
  readonly args: readonly string[];
};

export type ReadUri =
  { readonly ok: true; readonly uri: ResourceUri } | { readonly ok: false; readonly problem: string };

const expression = /\{([^{}]*)\}/g;
/** RFC 6570 has more kinds of expressions; servers and clients agree on this one. */
const simpleName = /^(?!__proto__$)[A-Za-z_]\w*$/;

export function readResourceUri(text: string): ReadUri {
  const refused = (problem: string): ReadUri => ({ ok: false, problem });
  const args = [...text.matchAll(expression)].map(([, name = ""]) => name);
  const odd = args.find((name) => !simpleName.test(name));
  if (odd !== undefined) return refused(`{${odd}} is no argument: write a name in the braces, such as {id}`);
  const twice = args.find((name, index) => args.indexOf(name) !== index);
  if (twice !== undefined) return refused(`{${twice}} is in it twice`);
  const filled = text.replaceAll(expression, "x");
  if (/[{}]/.test(filled)) return refused("its braces do not match");
  // A scheme made of an argument is none.
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || !URL.canParse(filled) || /\s/.test(text)) {
    return refused("an address has a scheme, and no spaces");
  }
  return { ok: true, uri: { text, args } };
}

/** As a client asks for it: each argument with the same value. */
export function filledUri({ text }: ResourceUri, value: string): string {
  return text.replaceAll(expression, value);
}

const schemesOfOthers = new Set(["file", "http", "https", "data", "ui"]);

/** In the scheme that most resources of the server have, else one of the project's name. */
export function defaultUri(name: string, known: readonly string[], projectName: string): ResourceUri {
  const schemes = known
    .map((uri) => uri.split(":")[0] ?? "")
    .filter((scheme) => scheme !== "" && !schemesOfOthers.has(scheme));
  const count = (scheme: string): number => schemes.filter((other) => other === scheme).length;
  const [usual] = schemes.toSorted((a, b) => count(b) - count(a));
  const own = projectName
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/[^a-z0-9+.-]+/g, "-")
    .replace(/^[^a-z]+/, "");
  return { text: `${usual ?? (own === "" ? "app" : own)}://${name}`, args: [] };
}

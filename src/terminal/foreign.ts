/** Reads fields of values that came from disk or from another program and may have any shape. */

export type Foreign = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Foreign {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; `undefined` where there is none. */
export function field(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

export function textField(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = field(value, ...keys);
  return typeof found === "string" ? found : undefined;
}

export function numberField(value: unknown, ...keys: readonly string[]): number | undefined {
  const found = field(value, ...keys);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** Empty where there is no list. */
export function listField(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = field(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** The strings of a list; the rest of it is left out. */
export function textsField(value: unknown, ...keys: readonly string[]): readonly string[] {
  return listField(value, ...keys).filter((item) => typeof item === "string");
}

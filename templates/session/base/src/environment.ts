/** The environment variables, as they are passed around: read once, in the entry, so that tests can have their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

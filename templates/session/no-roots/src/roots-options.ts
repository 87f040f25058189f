/** FastMCP neither asks for the client's roots nor follows their changes. */
export const rootsOptions = { enabled: false };

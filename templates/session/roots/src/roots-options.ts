/** FastMCP follows the client's roots and emits `rootsChanged` when they change. */
export const rootsOptions = { enabled: true };

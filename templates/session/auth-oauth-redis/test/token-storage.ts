/** Where the tests keep registered clients and tokens: in their Redis, which they share with the sessions' states. */
export const storageEnvironment = {};

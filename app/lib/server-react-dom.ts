/**
 * Stands in for `react-dom` in the server's build: React 18 keeps its whole browser renderer there, and the router only
 * takes this one name from it. A module that needs more of it does not build for the server.
 */
export function flushSync<T>(run: () => T): T {
  return run();
}

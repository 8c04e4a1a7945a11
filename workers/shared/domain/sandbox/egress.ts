/**
 * Names by which a container reaches the gateways. Nothing outside resolves them: what a container sends there is answered
 * by the Worker, in production and in development alike.
 */
export const GATEWAY_NAMES = { llm: "llm.quayside.internal", git: "git.quayside.internal" } as const;
export type GatewayRoom = keyof typeof GATEWAY_NAMES;

/** Every host a container may reach: the gateways always, and what its repository allows. */
export function egressHosts(allowed: readonly string[]): string[] {
  return [...new Set([...Object.values(GATEWAY_NAMES), ...allowed])];
}

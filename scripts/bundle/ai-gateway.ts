// What the Worker is built with in `@ai-sdk/gateway`'s place (`alias` in wrangler.toml): the package `ai` calls that vendor's
// service for a model that is named by a string. Ours are objects, always behind our own gateway.

export class GatewayError extends Error {
  /** Nothing here throws the vendor's errors, so no error is one; `ai` asks this of every error. */
  static isInstance(_error: unknown): boolean {
    return false;
  }
}
export class GatewayAuthenticationError extends GatewayError {}

export function createGateway(): never {
  throw new GatewayError("A model must be given as an object: no outside gateway is called.");
}

export const gateway = createGateway;

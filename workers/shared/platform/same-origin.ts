import { fail, ok, type Result } from "#contract/problem";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a method only reads (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Refuses a browser's request that another site caused. Browsers say so in `Sec-Fetch-Site` and, for writes and
 * WebSocket upgrades, in `Origin`; programs that are no browsers send neither.
 */
export function checkSameOrigin(request: Request): Result<null> {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (site !== null && site !== "same-origin" && site !== "none") return refused();
  const writes = !isSafe(request.method) || request.headers.get("upgrade") !== null;
  const own = new URL(request.url);
  if (writes && origin !== null && !isOwn(origin, own)) return refused();
  return ok(null);
}

/** Schemes are not compared: a proxy may end TLS before us. */
function isOwn(origin: string, own: URL): boolean {
  return URL.canParse(origin) && new URL(origin).host === own.host;
}

function refused(): Result<null> {
  return fail("forbidden", "This request comes from another site.");
}

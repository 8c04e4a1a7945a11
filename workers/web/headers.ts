/** What pages and files say beside what every answer says (platform/edge-headers.ts). */
const SHARED: Record<string, string> = {
  "referrer-policy": "strict-origin-when-cross-origin",
  "cross-origin-opener-policy": "same-origin",
};

export interface DocumentFacts {
  nonce: string;
  request: Request;
  /** The cookie-less origin that serves people's images. */
  imageOrigin: string;
  /** Where a form's answer may lead, besides its own origin. */
  formTargets: string;
}

/** A page with its security headers: only its own scripts run, and nobody frames it. */
export function secureDocument(response: Response, facts: DocumentFacts): Response {
  const secured = withHeaders(response, SHARED);
  if (secured.headers.get("content-type")?.startsWith("text/html")) {
    secured.headers.set("content-security-policy", policyOf(facts));
    secured.headers.set("x-frame-options", "DENY");
    secured.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()");
  }
  if (!secured.headers.has("cache-control")) secured.headers.set("cache-control", "private, no-cache");
  return secured;
}

/** A file of the client build. `hashed` ones never change under their name. */
export function secureFile(response: Response, hashed: boolean): Response {
  const fresh = hashed && response.ok ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate";
  // A worker runs under the policy of its own file, which must let it load its parts.
  return withHeaders(response, {
    ...SHARED,
    "content-security-policy": "frame-ancestors 'none'",
    "cache-control": fresh,
  });
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  const copy = new Response(response.body, response);
  for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value);
  return copy;
}

/** CSP level 3. Editors and terminals put style elements into the page, hence inline styles. */
function policyOf({ nonce, request, imageOrigin, formTargets }: DocumentFacts): string {
  const { host, protocol } = new URL(request.url);
  const socket = `${protocol === "https:" ? "wss" : "ws"}://${host}`;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${imageOrigin}`,
    "font-src 'self'",
    `connect-src 'self' ${socket}`,
    "object-src 'none'",
    "base-uri 'none'",
    `form-action 'self' ${formTargets}`.trimEnd(),
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What every answer of every host says unless the answer says it itself: it is no page, runs nothing and tells nobody where one was. */
const DEFAULTS: Record<string, string> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
};
/** Two years, as the preload list of browsers asks. */
const HSTS = "max-age=63072000; includeSubDomains";

/**
 * The answer with the security headers of spec identity.md §7: what it lacks is added, and every policy forbids to be framed. A
 * switched protocol is left as it is.
 */
export function secureAnswer(response: Response, { production }: { production: boolean }): Response {
  if (response.status === 101) return response;
  const copy = new Response(response.body, response);
  const { headers } = copy;
  for (const [name, value] of Object.entries(DEFAULTS)) if (!headers.has(name)) headers.set(name, value);
  const policy = headers.get("content-security-policy") ?? "";
  if (!policy.includes("frame-ancestors")) headers.set("content-security-policy", `${policy}; frame-ancestors 'none'`);
  if (production) headers.set("strict-transport-security", HSTS);
  return copy;
}

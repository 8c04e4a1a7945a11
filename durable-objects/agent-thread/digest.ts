import canonicalize from "canonicalize";

/** SHA-256 in hex of a value's canonical JSON (RFC 8785): equal values have equal digests. */
export async function digestOfJson(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalize(value) ?? "null");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What an approval is bound to: the digest of a call's run, tool and exact arguments. */
export function digestOf(call: { runId: string; tool: string; args: unknown }): Promise<string> {
  return digestOfJson([call.runId, call.tool, call.args]);
}

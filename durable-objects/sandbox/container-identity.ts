/**
 * The name of a sandbox's container object. The SDK allows 63 characters, which two ids do not fit in as they are: their
 * digits to the base 36 do.
 */
export function containerName({ orgId, sandboxId }: { orgId: string; sandboxId: string }): string {
  return [orgId, sandboxId].map((id) => BigInt(`0x${id.slice(id.indexOf("_") + 1)}`).toString(36)).join("-");
}

/** What the host in a container asks for; both sides derive it from the container object's id, and nothing keeps it. */
export async function hostSecret(tokenKey: string, containerId: string): Promise<string> {
  const bytes = Uint8Array.from(atob(tokenKey), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`sandbox-host:${containerId}`));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

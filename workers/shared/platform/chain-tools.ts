import canonicalize from "canonicalize";

/** What hash chains are made with in the Worker: RFC 8785 canonical JSON, and SHA-256 of UTF-8 in hex. */
export const chainTools = {
  canonical: (value: unknown): string => canonicalize(value) ?? "",
  hash: (text: string): Promise<string> => hashBytes(new TextEncoder().encode(text)),
};

/** SHA-256 of bytes, in hex. */
export async function hashBytes(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

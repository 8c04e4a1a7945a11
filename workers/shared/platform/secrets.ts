/** Where a secret is stored. It is authenticated with the ciphertext: bytes moved to another row or org do not open. */
export interface SecretPlace {
  orgId: string;
  table: string;
  row: string;
  column: string;
}

/** Where the key of a model provider is stored. */
export function providerKeyPlace(orgId: string, providerId: string): SecretPlace {
  return { orgId, table: "providers", row: providerId, column: "key_sealed" };
}

const VERSION = "v1";

/**
 * Encrypts a text with AES-256-GCM under the key-encryption key (32 bytes in base64) for one place. The result is
 * `v1.<key id>.<nonce>.<ciphertext>` in base64url; the key id tells which key must open it after a rotation.
 */
export async function seal(keyBase64: string, place: SecretPlace, text: string): Promise<string> {
  const { key, keyId } = await importKey(keyBase64);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: placeBytes(place) },
    key,
    new TextEncoder().encode(text),
  );
  return [VERSION, keyId, toBase64Url(nonce), toBase64Url(new Uint8Array(sealed))].join(".");
}

/** The text that was sealed for this place. Throws where key, place or bytes are not the ones it was sealed with. */
export async function open(keyBase64: string, place: SecretPlace, sealed: string): Promise<string> {
  const [version, keyId, nonce, ciphertext] = sealed.split(".");
  const known = await importKey(keyBase64);
  if (version !== VERSION || !nonce || !ciphertext) throw new Error("the sealed secret has an unknown form");
  if (keyId !== known.keyId) throw new Error(`the secret was sealed with another key (${keyId})`);
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64Url(nonce), additionalData: placeBytes(place) },
    known.key,
    fromBase64Url(ciphertext),
  );
  return new TextDecoder().decode(text);
}

/** The key for WebCrypto and its id: the first 8 hex digits of its SHA-256. */
async function importKey(keyBase64: string): Promise<{ key: CryptoKey; keyId: string }> {
  const bytes = Uint8Array.from(atob(keyBase64), (char) => char.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const keyId = [...digest.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]), keyId };
}

/** JSON keeps the parts apart: no two places have the same bytes. */
function placeBytes(place: SecretPlace): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([place.orgId, place.table, place.row, place.column]));
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

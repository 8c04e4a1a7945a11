/**
 * Where a secret is stored. It is authenticated with the ciphertext: bytes moved to another row or org do not open. `orgId` is
 * null for what belongs to the whole installation.
 */
export interface SecretPlace {
  orgId: string | null;
  table: string;
  row: string;
  column: string;
}

/** A key of AES-256-GCM with the name that ciphertexts carry. */
export interface SealingKey {
  id: string;
  key: CryptoKey;
}

/** What a sealed text says of itself: its form, and the key that opens it. */
export interface Sealed {
  /** `v1`: under a key-encryption key itself. `v2`: under the data key of the place's org. */
  version: string;
  keyId: string;
  nonce: string;
  ciphertext: string;
}

/** The parts of a sealed text. Throws where it has another form. */
export function sealedParts(sealed: string): Sealed {
  const [version, keyId, nonce, ciphertext, more] = sealed.split(".");
  if ((version !== "v1" && version !== "v2") || !keyId || !nonce || !ciphertext || more !== undefined)
    throw new Error("the sealed secret has an unknown form");
  return { version, keyId, nonce, ciphertext };
}

/** A key from 32 bytes in base64. Its id is the first 8 hex digits of its SHA-256. */
export async function importKey(keyBase64: string): Promise<SealingKey> {
  const bytes = Uint8Array.from(atob(keyBase64), (char) => char.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const id = [...digest.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id, key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]) };
}

/** 32 random bytes in base64. */
export function newKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
}

/** Encrypts a text with AES-256-GCM for one place: `{form}.{key id}.{nonce}.{ciphertext}`, the last two in base64url. */
export async function seal(form: { version: "v1" | "v2" } & SealingKey, place: SecretPlace, text: string) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: placeBytes(place) },
    form.key,
    new TextEncoder().encode(text),
  );
  return [form.version, form.id, toBase64Url(nonce), toBase64Url(new Uint8Array(sealed))].join(".");
}

/** The text that was sealed for this place. Throws where key, place or bytes are not the ones it was sealed with. */
export async function open({ id, key }: SealingKey, place: SecretPlace, sealed: Sealed): Promise<string> {
  if (sealed.keyId !== id) throw new Error(`the secret was sealed with another key (${sealed.keyId})`);
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64Url(sealed.nonce), additionalData: placeBytes(place) },
    key,
    fromBase64Url(sealed.ciphertext),
  );
  return new TextDecoder().decode(text);
}

/** The key-encryption key of this installation, and the one before it while a rotation is under way. */
export interface MasterKeys {
  current: SealingKey;
  previous: SealingKey | null;
}

/** The keys from the configuration, each 32 bytes in base64. */
export async function importMasterKeys(current: string, previous: string | null): Promise<MasterKeys> {
  return { current: await importKey(current), previous: previous === null ? null : await importKey(previous) };
}

/** Seals under the key-encryption key itself: data keys, for the place of their row. */
export function sealUnderMaster(keys: MasterKeys, place: SecretPlace, text: string): Promise<string> {
  return seal({ version: "v1", ...keys.current }, place, text);
}

/** Opens what either key-encryption key sealed. */
export function openUnderMaster(keys: MasterKeys, place: SecretPlace, sealed: Sealed): Promise<string> {
  const previous = keys.previous?.id === sealed.keyId ? keys.previous : null;
  return open(previous ?? keys.current, place, sealed);
}

/** JSON keeps the parts apart: no two places have the same bytes. */
function placeBytes(place: SecretPlace): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([place.orgId, place.table, place.row, place.column])));
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

import { keepOrgKey, keepSystemKey, orgKeys, systemKeys, type WrappedKey } from "#data/data-keys";
import { forTenant } from "#data/tenant-db";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import {
  importKey,
  importMasterKeys,
  type MasterKeys,
  newKey,
  open,
  openUnderMaster,
  type SealingKey,
  type SecretPlace,
  seal,
  sealedParts,
  sealUnderMaster,
} from "./sealing.ts";
import { dataKeyPlace } from "./secret-places.ts";

export type { SecretPlace } from "./sealing.ts";
export { identityProviderPlace, providerKeyPlace, systemPlace } from "./secret-places.ts";

/**
 * Encrypts a text for one place under the data key of the place's org, which is made at its first use:
 * `v2.{data key}.{nonce}.{ciphertext}` (spec identity.md §5). The org must exist.
 */
export async function sealFor(env: Env, place: SecretPlace, text: string): Promise<string> {
  const [known] = await dataKeys(env, place.orgId);
  const key = known ?? (await makeKey(env, place.orgId));
  return seal({ version: "v2", ...key }, place, text);
}

/**
 * The text that was sealed for this place, also where the key-encryption key alone sealed it (`v1`). Throws where a key, the
 * place or the bytes are not the ones it was sealed with.
 */
export async function openFor(env: Env, place: SecretPlace, sealed: string): Promise<string> {
  const parts = sealedParts(sealed);
  if (parts.version === "v1") return openUnderMaster(await masterKeys(env), place, parts);
  const named = (keys: SealingKey[]) => keys.find(({ id }) => id === parts.keyId);
  const key = named(await dataKeys(env, place.orgId)) ?? named(await readKeys(env, place.orgId));
  if (!key) throw new Error(`the secret's data key is gone or cannot be opened (${parts.keyId})`);
  return open(key, place, parts);
}

function masterKeys(env: Env): Promise<MasterKeys> {
  const { secretsKey, secretsKeyPrevious } = configOf(env);
  return importMasterKeys(secretsKey, secretsKeyPrevious);
}

/** Unwrapped keys are kept for so long, so that a purged org's are forgotten. */
const KEPT_MS = 5 * 60_000;
const KEPT_ORGS = 1_000;

interface Kept {
  keys: SealingKey[];
  until: number;
}
/** Of one configuration: with another key-encryption key everything is opened anew. The inner key is the org, null the system. */
const kept = new WeakMap<object, Map<string | null, Kept>>();

/** The org's data keys that open, the newest first. Those that another key-encryption key wrapped are left out. */
async function dataKeys(env: Env, orgId: string | null): Promise<SealingKey[]> {
  const known = kept.get(configOf(env))?.get(orgId);
  return known && known.until > Date.now() ? known.keys : readKeys(env, orgId);
}

async function readKeys(env: Env, orgId: string | null): Promise<SealingKey[]> {
  const config = configOf(env);
  const master = await masterKeys(env);
  const stored = await wrappedKeys(env, orgId);
  const opened = await Promise.all(stored.map((one) => unwrap(master, orgId, one).catch(() => null)));
  const keys = opened.filter((one) => one !== null);
  const orgs = kept.get(config) ?? new Map<string | null, Kept>();
  kept.set(config, orgs);
  if (orgs.size >= KEPT_ORGS) orgs.clear();
  if (keys.length > 0) orgs.set(orgId, { keys, until: Date.now() + KEPT_MS });
  return keys;
}

async function unwrap(master: MasterKeys, orgId: string | null, { id, wrapped }: WrappedKey): Promise<SealingKey> {
  const text = await openUnderMaster(master, dataKeyPlace(orgId, id), sealedParts(wrapped));
  return { id, key: (await importKey(text)).key };
}

/** Of two that make a key at once the first wins: both go on with the one that is stored. */
async function makeKey(env: Env, orgId: string | null): Promise<SealingKey> {
  const text = newKey();
  const { id } = await importKey(text);
  const wrapped = await sealUnderMaster(await masterKeys(env), dataKeyPlace(orgId, id), text);
  const generation = ((await wrappedKeys(env, orgId))[0]?.generation ?? 0) + 1;
  const row = { id, generation, wrapped, createdAt: Date.now() };
  if (orgId === null) await keepSystemKey(env, row);
  else await keepOrgKey(forTenant(env, { orgId }), row);
  const [key] = await readKeys(env, orgId);
  if (!key) throw new Error("the data key that was just made cannot be opened");
  return key;
}

function wrappedKeys(env: Env, orgId: string | null): Promise<WrappedKey[]> {
  return orgId === null ? systemKeys(env) : orgKeys(forTenant(env, { orgId }));
}

import type { z } from "zod";
import { claimCode, dropCodesOf, insertCode, peekCode, takeCode } from "#data/one-time-codes";
import type { Env } from "./env.ts";
import { randomToken, sha256Hex } from "./random-token.ts";

/** What codes are for. A code of one purpose is nothing for another. */
export type CodePurpose = "verify_email" | "set_password" | "handover" | "oidc" | "idp" | "ticket" | "jti" | "sign_out";

/** A secret that somebody showed, and what it should be for. */
export interface ShownCode {
  purpose: CodePurpose;
  secret: string;
}

/** Makes a secret that works once, within this time; its payload is kept here and never travels. */
export async function issueCode(env: Env, purpose: CodePurpose, code: { payload: unknown; ttlMs: number }) {
  const secret = randomToken();
  const now = Date.now();
  const hash = await sha256Hex(secret);
  await insertCode(env, { hash, purpose, payload: JSON.stringify(code.payload), expiresAt: now + code.ttlMs }, now);
  return secret;
}

/** The payload of a secret, which is used up by this; null where it is used, over or unknown. */
export async function redeemCode<T>(env: Env, shown: ShownCode, schema: z.ZodType<T>): Promise<T | null> {
  const payload = await takeCode(env, { hash: await sha256Hex(shown.secret), purpose: shown.purpose }, Date.now());
  return payload === null ? null : (schema.safeParse(JSON.parse(payload)).data ?? null);
}

/** The payload of a secret that stays usable, for a page that says what it is for. */
export async function readCode<T>(env: Env, shown: ShownCode, schema: z.ZodType<T>): Promise<T | null> {
  const payload = await peekCode(env, { hash: await sha256Hex(shown.secret), purpose: shown.purpose }, Date.now());
  return payload === null ? null : (schema.safeParse(JSON.parse(payload)).data ?? null);
}

/** Makes every secret of this purpose void that is for this account. */
export function voidCodes(env: Env, codes: { purpose: CodePurpose; accountId: string }): Promise<void> {
  return dropCodesOf(env, codes);
}

/** Whether a name that others choose, such as the id of a token, is met for the first time within this time. */
export async function claimOnce(
  env: Env,
  name: { purpose: CodePurpose; text: string; ttlMs: number },
): Promise<boolean> {
  const now = Date.now();
  const hash = await sha256Hex(`${name.purpose}\n${name.text}`);
  return claimCode(env, { hash, purpose: name.purpose, payload: "null", expiresAt: now + name.ttlMs }, now);
}

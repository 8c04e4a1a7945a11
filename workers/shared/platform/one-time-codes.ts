import { base64url } from "jose";
import type { z } from "zod";
import { keepCode, takeCode } from "#data/one-time-codes";
import type { Env } from "./env.ts";

/** What codes of one kind are for, what they stand for, and for how long. */
export interface CodeKind<T extends z.ZodType> {
  purpose: string;
  payload: T;
  ttlMs: number;
}

/** 256 random bits as text for an address or a cookie. */
export function randomCode(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)));
}

/** The SHA-256 of a text in hex: what is kept of a secret that has 128 random bits or more. */
export async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A new code that stands for `payload` once. Only its digest is kept. */
export async function issueCode<T extends z.ZodType>(
  env: Env,
  kind: CodeKind<T>,
  issued: { payload: z.input<T>; now: number },
): Promise<string> {
  const code = randomCode();
  const row = {
    hash: await digestOf(code),
    purpose: kind.purpose,
    payload: JSON.stringify(issued.payload),
    expiresAt: issued.now + kind.ttlMs,
  };
  await keepCode(env, row, issued.now);
  return code;
}

/** What a code stands for, at its first use and in its time; null for any other. */
export async function redeemCode<T extends z.ZodType>(
  env: Env,
  kind: CodeKind<T>,
  used: { code: string; now: number },
): Promise<z.output<T> | null> {
  const payload = await takeCode(env, { hash: await digestOf(used.code), purpose: kind.purpose }, used.now);
  return payload === null ? null : (kind.payload.safeParse(JSON.parse(payload)).data ?? null);
}

/** Whether something, such as the id of a token, is seen for the first time; it is remembered until `expiresAt`. */
export async function claimOnce(
  env: Env,
  seen: { purpose: string; text: string; now: number; expiresAt: number },
): Promise<boolean> {
  const hash = await digestOf(`${seen.purpose}\n${seen.text}`);
  return keepCode(env, { hash, purpose: seen.purpose, payload: "null", expiresAt: seen.expiresAt }, seen.now);
}

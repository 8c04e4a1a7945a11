import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { conversationId, fileId, orgId, repositoryId, runId, sandboxId } from "#contract/ids";
import { callPurpose } from "#contract/usage";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import type { RunPrincipal, SandboxPrincipal } from "./principal.ts";

const ISSUER = "quayside";
const RUN_TTL_MS = 3 * 60 * 60_000;
const SANDBOX_TTL_MS = 60 * 60_000;
const FILE_TTL_MS = 5 * 60_000;
/** Sandbox tokens of one binding issued within the same window are the same token. */
export const TOKEN_WINDOW_MS = 10 * 60_000;

const runClaims = z.object({ kind: z.literal("run"), orgId, conversationId, runId, purpose: callPurpose.optional() });
const sandboxClaims = z.object({
  kind: z.literal("sandbox"),
  orgId,
  conversationId,
  sandboxId,
  repositoryId: repositoryId.nullable(),
});

const fileClaims = z.object({ kind: z.literal("file"), orgId, fileId });

/** What the cookie-less origin for files needs to know: which file of which org. */
export type FilePass = z.infer<typeof fileClaims>;

/** A token for the LLM gateway, bound to org, conversation and run; it outlives the hard limit of a run by an hour. */
export function signRunToken(env: Env, principal: RunPrincipal): Promise<string> {
  return sign(env, { ...principal }, { audience: "llm", issuedAt: Date.now(), ttlMs: RUN_TTL_MS });
}

/** A token for the git gateway, bound to org, conversation and sandbox, valid for an hour from when it is issued. */
export function signSandboxToken(env: Env, principal: SandboxPrincipal, issuedAt = Date.now()): Promise<string> {
  return sign(env, { ...principal }, { audience: "sandbox", issuedAt, ttlMs: SANDBOX_TTL_MS });
}

export interface SandboxTokens {
  /** The one to give out now; it is valid for 50 minutes at the least. */
  current: string;
  /** Every one that is valid now, and those that will be issued within the next hour. */
  all: string[];
}

/** The tokens of a sandbox around a time. They follow from the time and the key alone, so none has to be kept anywhere. */
export async function sandboxTokens(env: Env, principal: SandboxPrincipal, now: number): Promise<SandboxTokens> {
  const window = Math.floor(now / TOKEN_WINDOW_MS);
  const reach = SANDBOX_TTL_MS / TOKEN_WINDOW_MS;
  const at = (offset: number) => signSandboxToken(env, principal, (window + offset) * TOKEN_WINDOW_MS);
  const all = await Promise.all(Array.from({ length: 2 * reach + 1 }, (_, index) => at(index - reach)));
  return { current: await at(0), all };
}

/** A token that opens one file at the origin for files, for five minutes; it stands in the file's address. */
export function signFilePass(env: Env, pass: FilePass): Promise<string> {
  return sign(env, { ...pass }, { audience: "file", issuedAt: Date.now(), ttlMs: FILE_TTL_MS });
}

/** What a file's token opens, or null when it is forged, expired or meant for something else. */
export async function verifyFilePass(env: Env, token: string): Promise<FilePass | null> {
  return fileClaims.safeParse(await verify(env, token, "file")).data ?? null;
}

/** The principal of a run token, or null when it is forged, expired or meant for something else. */
export async function verifyRunToken(env: Env, token: string): Promise<RunPrincipal | null> {
  return runClaims.safeParse(await verify(env, token, "llm")).data ?? null;
}

/** The principal of a sandbox token, or null when it is forged, expired or meant for something else. */
export async function verifySandboxToken(env: Env, token: string): Promise<SandboxPrincipal | null> {
  return sandboxClaims.safeParse(await verify(env, token, "sandbox")).data ?? null;
}

function keyOf(env: Env): Uint8Array {
  return Uint8Array.from(atob(configOf(env).tokenKey), (char) => char.charCodeAt(0));
}

interface TokenUse {
  audience: string;
  issuedAt: number;
  ttlMs: number;
}

function sign(env: Env, claims: Record<string, unknown>, use: TokenUse): Promise<string> {
  const issuedAtS = Math.floor(use.issuedAt / 1_000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setAudience(use.audience)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + use.ttlMs / 1_000)
    .sign(keyOf(env));
}

async function verify(env: Env, token: string, audience: string): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keyOf(env), { issuer: ISSUER, audience, algorithms: ["HS256"] });
    return payload;
  } catch {
    return null;
  }
}

import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { conversationId, fileId, orgId, repositoryId, runId, sandboxId } from "#contract/ids";
import { configOf } from "./config.ts";
import type { Env } from "./env.ts";
import type { RunPrincipal, SandboxPrincipal } from "./principal.ts";

const ISSUER = "quayside";
const RUN_TTL = "3h";
const SANDBOX_TTL = "1h";
const FILE_TTL = "5m";

const runClaims = z.object({ kind: z.literal("run"), orgId, conversationId, runId });
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
  return sign(env, { ...principal }, { audience: "llm", ttl: RUN_TTL });
}

/** A token for the git gateway, bound to org, conversation and sandbox, valid for an hour. */
export function signSandboxToken(env: Env, principal: SandboxPrincipal): Promise<string> {
  return sign(env, { ...principal }, { audience: "sandbox", ttl: SANDBOX_TTL });
}

/** A token that opens one file at the origin for files, for five minutes; it stands in the file's address. */
export function signFilePass(env: Env, pass: FilePass): Promise<string> {
  return sign(env, { ...pass }, { audience: "file", ttl: FILE_TTL });
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

function sign(env: Env, claims: Record<string, unknown>, use: { audience: string; ttl: string }): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setAudience(use.audience)
    .setIssuedAt()
    .setExpirationTime(use.ttl)
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

import { z } from "zod";
import { credentialId, memberId, orgId, timestamp } from "./ids.ts";

/** Whose a credential is: an agent of the org, or one of its workers. */
export const credentialSubject = z.enum(["agent", "worker"]);
export type CredentialSubject = z.infer<typeof credentialSubject>;

const part = z.string().regex(/^[A-Za-z0-9_-]+$/, "must be base64url");
const about = { kid: z.string().max(200).optional(), alg: z.string().optional(), use: z.literal("sig").optional() };

/** A public key with which a client signs its assertions (RFC 7517). A private part is refused and not kept. */
export const publicJwk = z.discriminatedUnion("kty", [
  z.strictObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: part.length(43), y: part.length(43), ...about }),
  z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: part.length(43), ...about }),
  z.strictObject({
    kty: z.literal("RSA"),
    n: part.min(342, "must have 2048 bits at least").max(1366),
    e: part.max(8),
    ...about,
  }),
]);

/** How a client names itself: the org and the credential, so that it is looked for in one org alone. */
export const clientId = z.templateLiteral([orgId, ".", credentialId]);

/** What an agent shows at `auth.BASE/token`. Its secret, or the private half of its key, is not here. */
export const credential = z.object({
  id: credentialId,
  clientId: z.string(),
  /** The agent's member. */
  memberId,
  kind: z.enum(["secret", "key"]),
  createdBy: memberId,
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
});
export type Credential = z.infer<typeof credential>;

/** With a public key the agent signs assertions, and there is no secret. */
export const credentialCreate = z.strictObject({ memberId, publicJwk: publicJwk.nullable().default(null) });

/** `clientSecret` is told once; null where the credential is a key. */
export const credentialCreated = z.object({ credential, clientSecret: z.string().nullable() });

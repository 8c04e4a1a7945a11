import { z } from "zod";
import { identityProviderId, timestamp } from "./ids.ts";
import { orgRole } from "./member.ts";

const roleOfGroup = z.record(z.string().max(200), orgRole.exclude(["owner"]));

/** An OpenID Connect provider of an org. The client secret is write-only. */
export const identityProvider = z.object({
  id: identityProviderId,
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  secret: z.object({ hasValue: z.boolean(), lastFour: z.string().nullable(), updatedAt: timestamp.nullable() }),
  scopes: z.string(),
  groupsClaim: z.string().nullable(),
  roleOfGroup,
  enabled: z.boolean(),
  /** What is to be entered at the provider. */
  redirectUri: z.string(),
  createdAt: timestamp,
  rev: z.number().int(),
});
export type IdentityProvider = z.infer<typeof identityProvider>;

export const identityProviderCreate = z.strictObject({
  name: z.string().trim().min(1).max(80),
  issuer: z.url().max(2048),
  clientId: z.string().trim().min(1).max(500),
  clientSecret: z.string().max(4096).optional(),
  scopes: z.string().trim().min(1).max(500).default("openid profile email"),
  groupsClaim: z.string().trim().max(200).nullable().default(null),
  roleOfGroup: roleOfGroup.default({}),
  enabled: z.boolean().default(true),
});
export type IdentityProviderCreate = z.infer<typeof identityProviderCreate>;

export const identityProviderPatch = z
  .strictObject({
    name: identityProviderCreate.shape.name,
    clientId: identityProviderCreate.shape.clientId,
    /** An empty string removes it. */
    clientSecret: z.string().max(4096),
    scopes: z.string().trim().min(1).max(500),
    groupsClaim: z.string().trim().max(200).nullable(),
    roleOfGroup,
    enabled: z.boolean(),
  })
  .partial();
export type IdentityProviderPatch = z.infer<typeof identityProviderPatch>;

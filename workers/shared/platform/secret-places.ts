import type { SecretPlace } from "./sealing.ts";

/** Where the key of a model provider is stored. */
export function providerKeyPlace(orgId: string, providerId: string): SecretPlace {
  return { orgId, table: "providers", row: providerId, column: "key_sealed" };
}

/** Where the client secret of an org's identity provider is stored. */
export function identityProviderPlace(orgId: string, identityProviderId: string): SecretPlace {
  return { orgId, table: "identity_providers", row: identityProviderId, column: "secret_sealed" };
}

/** Where the first answer to an `Idempotency-Key` of a member is stored. */
export function keptAnswerPlace(orgId: string, claim: { memberId: string; key: string }): SecretPlace {
  return { orgId, table: "idempotency", row: JSON.stringify([claim.memberId, claim.key]), column: "answer" };
}

/** A place of a table that belongs to the installation and not to an org. */
export function systemPlace(table: string, row: string, column: string): SecretPlace {
  return { orgId: null, table, row, column };
}

/** Where a data key is stored. */
export function dataKeyPlace(orgId: string | null, keyId: string): SecretPlace {
  return { orgId, table: orgId === null ? "system_keys" : "org_keys", row: keyId, column: "wrapped" };
}

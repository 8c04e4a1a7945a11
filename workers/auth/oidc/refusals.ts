import { fail, type ProblemCode, type Result } from "#contract/problem";
import type { TokenRefusal } from "#platform/jwks";

/** Why a sign-in at an identity provider was refused; `oidc_` and this is the problem's `reason`. */
export type OidcRefusal =
  | TokenRefusal
  | "state"
  | "browser"
  | "denied"
  | "provider"
  | "discovery"
  | "client"
  | "code_used"
  | "nonce"
  | "email_missing"
  | "email_unverified";

const WORDS: Record<OidcRefusal, string> = {
  state: "This sign-in is too old, or its answer was used already. Begin again.",
  browser: "This sign-in was begun in another browser. Begin again in this one.",
  denied: "The sign-in was cancelled at the identity provider.",
  provider: "The identity provider could not sign you in.",
  discovery: "The identity provider's own description is wrong or lacks something. Tell an administrator.",
  client: "The identity provider does not accept how this organisation is registered there. Tell an administrator.",
  code_used: "The identity provider says that this sign-in was used already or is too old. Begin again.",
  nonce: "The identity provider answered another sign-in than this one. Begin again.",
  email_missing: "The identity provider told no e-mail address of yours, which is needed here.",
  email_unverified: "Your e-mail address is not verified at the identity provider. Verify it there, then begin again.",
  malformed: "The identity provider's answer cannot be read.",
  alg: "The identity provider's token is signed in a way that is not accepted.",
  key: "The identity provider's token is signed with a key that it does not publish.",
  signature: "The identity provider's token has a wrong signature.",
  issuer: "The answer comes from another identity provider than the one that was asked.",
  audience: "The identity provider's token is meant for something else.",
  expired: "The identity provider's token has expired. Check the clocks of both, then begin again.",
  claims: "The identity provider's token lacks what it must say.",
  unreachable: "The identity provider cannot be reached. Try again.",
};

/** The problem of a refused sign-in, with its stable reason. */
export function refuse(refusal: OidcRefusal): Result<never> {
  const code: ProblemCode = refusal === "unreachable" ? "unavailable" : "unauthenticated";
  return fail(code, WORDS[refusal], { reason: `oidc_${refusal}` });
}

import type { SignUpPolicy } from "#contract/org";

interface Applicant {
  email: string;
  /** Whether it is shown that the address is theirs. */
  emailVerified: boolean;
}

/** Whether an org takes somebody in by itself, without an invitation. Pure (spec/identity.md §1). */
export function admits(org: { signUp: SignUpPolicy; signUpDomains: string }, applicant: Applicant): boolean {
  if (org.signUp === "open") return true;
  if (org.signUp !== "domains" || !applicant.emailVerified) return false;
  return domainsOf(org).includes(domainOf(applicant.email));
}

/** Whether somebody may ask to be taken in: a password's owner shows later that the address is theirs. */
export function mayApply(org: { signUp: SignUpPolicy; signUpDomains: string }, email: string): boolean {
  return admits(org, { email, emailVerified: true });
}

/** The domains whose people are taken in. */
export function domainsOf(org: { signUpDomains: string }): string[] {
  const parsed: unknown = JSON.parse(org.signUpDomains);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

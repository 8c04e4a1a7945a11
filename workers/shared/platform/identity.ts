/** Who a person is at an identity provider, after everything about it was checked. */
export interface VerifiedIdentity {
  /** Id of the provider by which they came. */
  providerId: string;
  issuer: string;
  /** Unchanging and unique at the issuer; the only thing to know a person again by. */
  subject: string;
  /** In lower case. */
  email: string | null;
  /** The provider vouches that the address is theirs. */
  emailVerified: boolean;
  name: string;
  groups: string[];
  /** For a sign-out at the provider; null where there is none to end. */
  idToken: string | null;
}

import { z } from "zod";
import { accountId, sessionId, timestamp } from "./ids.ts";
import { authMode } from "./me.ts";
import { emailAddress, personName } from "./membership.ts";
import { orgSlug } from "./org.ts";

export const PASSWORD_CHARS = { min: 12, max: 128 } as const;
export const newPassword = z
  .string()
  .min(PASSWORD_CHARS.min, `must have ${PASSWORD_CHARS.min} characters at least`)
  .max(PASSWORD_CHARS.max, `must have ${PASSWORD_CHARS.max} characters at most`);

export const locale = z.enum(["en"]);

/** The person behind a request, across orgs. */
export const account = z.object({
  id: accountId,
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  locale,
  /** IANA name; null: that of the browser. */
  timeZone: z.string().nullable(),
  hasPassword: z.boolean(),
  rev: z.number().int(),
});
export type Account = z.infer<typeof account>;

const timeZone = z.string().refine(isTimeZone, "must be a time zone such as Europe/Berlin");

export const accountPatch = z.strictObject({ name: personName, locale, timeZone: timeZone.nullable() }).partial();
export type AccountPatch = z.infer<typeof accountPatch>;

export const signIn = z.strictObject({ email: emailAddress, password: z.string().max(PASSWORD_CHARS.max) });
export type SignIn = z.infer<typeof signIn>;

/** `org` is what the person wants into; an invitation stands for its own. */
export const register = z.strictObject({
  email: emailAddress,
  name: personName,
  password: newPassword,
  org: orgSlug.optional(),
  invitation: z.string().max(200).optional(),
});
export type Register = z.infer<typeof register>;

/** What happens next; the same for an address that is known and one that is not. */
export const registered = z.object({ next: z.enum(["check_mail", "wait_for_approval", "signed_in"]) });
export type Registered = z.infer<typeof registered>;

export const passwordForgotten = z.strictObject({ email: emailAddress });
export const passwordReset = z.strictObject({ token: z.string().max(200), password: newPassword });
export const passwordChange = z.strictObject({
  current: z.string().max(PASSWORD_CHARS.max).optional(),
  password: newPassword,
});
export type PasswordChange = z.infer<typeof passwordChange>;

/** A browser that is signed in. */
export const session = z.object({
  id: sessionId,
  current: z.boolean(),
  userAgent: z.string(),
  address: z.string(),
  createdAt: timestamp,
  seenAt: timestamp,
});
export type Session = z.infer<typeof session>;

/** How people sign in here. */
export const signInWays = z.object({
  password: z.boolean(),
  register: z.boolean(),
  /** `own`: of the org that was asked for. It signs in on that org's host, for that org alone; the others on `app.BASE`. */
  providers: z.array(z.object({ id: z.string(), name: z.string(), own: z.boolean(), url: z.string() })),
});
export type SignInWays = z.infer<typeof signInWays>;

/** What `GET app.BASE/session` tells. */
export const accountSession = z.object({
  account: z.object({ id: accountId, name: z.string(), email: z.string() }).nullable(),
  authMode,
  environment: z.enum(["development", "production"]),
  /** The org that was asked for, where there is one. */
  org: z.object({ slug: z.string(), name: z.string() }).nullable(),
  ways: signInWays,
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

import { z } from "zod";
import { orgId, timestamp } from "./ids.ts";
import { orgRole } from "./member.ts";

/** Who may register by themselves: nobody, people with an invitation, people with an address of some domains, anybody. */
export const signUpPolicy = z.enum(["closed", "invitation", "domains", "open"]);
export type SignUpPolicy = z.infer<typeof signUpPolicy>;

export const orgSlug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$/, "must be 3 to 40 lower-case letters, digits and dashes");
export const orgName = z.string().trim().min(1).max(80);

const domain = z
  .string()
  .toLowerCase()
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, "must be a domain such as example.com");

/** An org's own settings, for its administrators. */
export const orgSettings = z.object({
  id: orgId,
  slug: z.string(),
  name: z.string(),
  signUp: signUpPolicy,
  signUpDomains: z.array(z.string()),
  linkByEmail: z.boolean(),
  /** When it will be gone; null: it stays. */
  purgedAt: timestamp.nullable(),
  rev: z.number().int(),
});
export type OrgSettings = z.infer<typeof orgSettings>;

export const orgPatch = z
  .strictObject({
    name: orgName,
    signUp: signUpPolicy,
    signUpDomains: z.array(domain).max(50),
    linkByEmail: z.boolean(),
  })
  .partial();
export type OrgPatch = z.infer<typeof orgPatch>;

/** Whether an org may be called so. */
export const slugCheck = z.object({
  state: z.enum(["available", "taken", "reserved", "invalid"]),
  suggestions: z.array(z.string()),
});
export type SlugCheck = z.infer<typeof slugCheck>;

export const orgCreate = z.strictObject({ slug: orgSlug, name: orgName });
export type OrgCreate = z.infer<typeof orgCreate>;

/** An org of the account that asks. `url` is where its pages are. */
export const myOrg = z.object({
  id: orgId,
  slug: z.string(),
  name: z.string(),
  role: orgRole,
  state: z.enum(["active", "pending", "suspended"]),
  url: z.string(),
  /** When it will be gone; null: it stays. */
  deletedAt: timestamp.nullable(),
});
export type MyOrg = z.infer<typeof myOrg>;
export const myOrgs = z.object({ items: z.array(myOrg), mayCreate: z.boolean() });

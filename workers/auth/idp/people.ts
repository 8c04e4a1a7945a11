import { z } from "zod";

/** Whom the development identity provider vouches for. */
export const person = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  groups: z.array(z.string()),
});
export type Person = z.infer<typeof person>;

/** Made-up people to sign in as: each shows another case. */
export const PEOPLE: readonly Person[] = [
  someone("mara", "Mara Lindqvist", { groups: ["staff", "leads"] }),
  someone("tomas", "Tomás Ferreira", { groups: ["staff"] }),
  someone("ines", "Ines Okafor", { groups: ["visitors"] }),
  someone("jun", "Jun Aoki", { groups: [] }),
  someone("noor", "Noor Haddad", { groups: ["staff"], emailVerified: false }),
  // The first administrator of `npm run dev`, unless its environment names another one.
  someone("admin", "Dev Admin", { groups: [], email: "admin@example.com" }),
];

function someone(sub: string, name: string, more: Partial<Person> & { groups: string[] }): Person {
  return { sub, name, email: `${sub}@harbour.example`, emailVerified: true, ...more };
}

const ownPerson = z.object({
  email: z.email().max(254).toLowerCase(),
  name: z.string().trim().max(80).default(""),
  verified: z.literal("yes").optional(),
  groups: z.string().max(500).default(""),
});

/** The person of a form that was filled in: the same address is the same person again. Null where it names nobody. */
export function personOfForm(form: ReadonlyMap<string, string>): Person | null {
  const picked = form.get("person");
  if (picked !== undefined) return PEOPLE.find(({ sub }) => sub === picked) ?? null;
  const own = ownPerson.safeParse(Object.fromEntries(form)).data;
  if (!own) return null;
  return {
    sub: `own:${own.email}`,
    name: own.name || own.email,
    email: own.email,
    emailVerified: own.verified === "yes",
    groups: own.groups.split(/[\s,]+/).filter((group) => group !== ""),
  };
}

/** The claims about a person that the scopes ask for (OpenID Connect Core §5.4); groups come with `profile`. */
export function claimsOf(one: Person, scope: string): Record<string, unknown> {
  const scopes = scope.split(" ");
  const profile = { name: one.name, preferred_username: one.sub.replace(/^own:/, ""), groups: one.groups };
  return {
    sub: one.sub,
    ...(scopes.includes("profile") ? profile : {}),
    ...(scopes.includes("email") ? { email: one.email, email_verified: one.emailVerified } : {}),
  };
}

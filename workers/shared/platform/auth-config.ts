import { z } from "zod";
import { orgRole } from "#contract/member";

const roleOfGroup = z.record(z.string().min(1).max(200), orgRole);

/** A provider of the deployment, whose people may sign in to every org that admits them. */
const oidcProvider = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "must be lower-case letters, digits and dashes"),
    name: z.string().trim().min(1).max(80),
    issuer: z.url({ protocol: /^https?$/ }).max(2048),
    clientId: z.string().trim().min(1).max(500),
    /** None for a public client. */
    clientSecret: z.string().min(1).max(4096).optional(),
    scopes: z
      .string()
      .trim()
      .max(500)
      .refine((text) => text.split(/\s+/).includes("openid"), "must hold openid")
      .default("openid profile email"),
    /** Path of the claim that lists groups, such as `groups` or `realm_access.roles`. */
    groupsClaim: z.string().trim().min(1).max(200).default("groups"),
    /** Slug of the org in which groups give roles, and which takes in whoever has such a role. */
    org: z.string().min(1).max(40).optional(),
    /** One list of groups does not make anybody something in every org of a deployment: it goes with `org`. */
    roleOfGroup: roleOfGroup.default({}),
    /** False lets people in whose address the provider does not vouch for; such an address is never linked to an account. */
    requireVerifiedEmail: z.boolean().default(true),
  })
  .refine(({ org, roleOfGroup: roles }) => org !== undefined || Object.keys(roles).length === 0, {
    path: ["org"],
    message: "is needed by roleOfGroup",
  });

export type OidcProvider = z.infer<typeof oidcProvider>;

/** What a forward-auth proxy sends, and how it is checked. */
export interface ProxyConfig {
  /** Name of the header with the JWT, in lower case. `authorization` holds it as a bearer token. */
  header: string;
  issuer: string;
  audience: string;
  jwksUrl: string;
  /** Path of the claim that lists roles or groups. */
  rolesClaim: string;
  /** Slug of the org in which the roles count; null where none are mapped. */
  org: string | null;
  roleOfGroup: Record<string, z.infer<typeof orgRole>>;
  /** The proxy lets in only people whose address it has verified, though its token does not say so. */
  trustsEmail: boolean;
  secret: string;
}

/** A variable that holds JSON. */
function jsonOf<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is not valid JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const providers = z
  .array(oidcProvider)
  .max(20)
  .refine((list) => new Set(list.map((one) => one.id)).size === list.length, "must not hold two providers with one id");

/** The variables of sign-in, for the one schema of the environment. */
export const authVariables = {
  OIDC_PROVIDERS: jsonOf(providers).optional(),
  PROXY_JWT_HEADER: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9-]+$/, "must be the name of a header")
    .default("authorization"),
  PROXY_ISSUER: z.url().optional(),
  PROXY_AUDIENCE: z.string().min(1).optional(),
  PROXY_JWKS_URL: z.url().optional(),
  PROXY_ROLES_CLAIM: z.string().min(1).max(200).default("realm_access.roles"),
  PROXY_ORG: z.string().min(1).max(40).optional(),
  PROXY_ROLE_MAP: jsonOf(roleOfGroup).optional(),
  PROXY_TRUST_EMAIL: z.enum(["true", "false"]).default("false"),
  PROXY_SECRET: z.string().min(32, "must have 32 characters at least").optional(),
};

const variables = z.object(authVariables);
type AuthVariables = z.infer<typeof variables>;

/** What `AUTH_MODE` asks for and is not there: the variable, and words that follow its name. */
export function missingForMode(env: AuthVariables & { AUTH_MODE: string }): { variable: string; message: string }[] {
  if (env.AUTH_MODE !== "KEYCLOAK_FIREWALL") return [];
  const needed = ["PROXY_ISSUER", "PROXY_AUDIENCE", "PROXY_JWKS_URL", "PROXY_SECRET"] as const;
  const missing = needed
    .filter((variable) => env[variable] === undefined)
    .map((variable) => ({ variable: variable as string, message: "is needed by AUTH_MODE=KEYCLOAK_FIREWALL" }));
  const nowhere = env.PROXY_ROLE_MAP !== undefined && env.PROXY_ORG === undefined;
  return nowhere ? [...missing, { variable: "PROXY_ORG", message: "is needed by PROXY_ROLE_MAP" }] : missing;
}

/** How people sign in, besides passwords. */
export interface AuthConfig {
  /** Identity providers of the deployment. */
  oidcProviders: OidcProvider[];
  /** Null where there is no forward-auth proxy. */
  proxy: ProxyConfig | null;
}

/** The settings of sign-in from parsed variables. */
export function authConfigOf(env: AuthVariables): AuthConfig {
  return { oidcProviders: env.OIDC_PROVIDERS ?? [], proxy: proxyOf(env) };
}

function proxyOf(env: AuthVariables): ProxyConfig | null {
  const { PROXY_ISSUER: issuer, PROXY_AUDIENCE: audience, PROXY_JWKS_URL: jwksUrl, PROXY_SECRET: secret } = env;
  if (!issuer || !audience || !jwksUrl || !secret) return null;
  return {
    header: env.PROXY_JWT_HEADER,
    issuer,
    audience,
    jwksUrl,
    rolesClaim: env.PROXY_ROLES_CLAIM,
    org: env.PROXY_ORG ?? null,
    roleOfGroup: env.PROXY_ROLE_MAP ?? {},
    trustsEmail: env.PROXY_TRUST_EMAIL === "true",
    secret,
  };
}

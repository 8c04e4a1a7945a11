import { z } from "zod";
import { authMode } from "#contract/me";
import { emailAddress } from "#contract/membership";
import { type AuthConfig, authConfigOf, authVariables, missingForMode } from "./auth-config.ts";
import type { Env } from "./env.ts";
import { type MailConfig, mailConfigOf, mailVariables, missingForMail } from "./mail-config.ts";

const base64Key = z
  .string({ error: "is missing: run `npm run dev` once to make it, or set it with `wrangler secret put`" })
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), "must be 32 bytes in base64");

const schema = z
  .object({
    ENVIRONMENT: z.enum(["development", "production"]).default("production"),
    BASE: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, "must be a host name, with a port if it is not the usual one"),
    AUTH_MODE: authMode.default("NONE"),
    SECRETS_KEY: base64Key,
    SECRETS_KEY_PREVIOUS: base64Key.optional(),
    TOKEN_KEY: base64Key,
    SANDBOX_DRIVER: z.enum(["local", "cloudflare"]).default("cloudflare"),
    SANDBOX_HOST_URL: z.url().optional(),
    SANDBOX_HOST_SECRET: z.string().min(32).optional(),
    WRITE_LIMIT: z.enum(["on", "off"]).default("on"),
    LOG_LEVEL: z.enum(["debug", "info", "error", "silent"]).default("info"),
    DEMO_PACE_MS: z.coerce.number().int().min(0).max(1000).default(10),
    ...authVariables,
    ...mailVariables,
    ADMIN_EMAIL: emailAddress.optional(),
    SIGN_UP: z.enum(["open", "orgs"]).default("orgs"),
  })
  .superRefine((env, ctx) => {
    const host = env.BASE.replace(/:\d+$/, "");
    const loopback = host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1";
    if (env.AUTH_MODE === "NONE" && !(env.ENVIRONMENT === "development" && loopback)) {
      ctx.addIssue({
        code: "custom",
        path: ["AUTH_MODE"],
        message: "is NONE, which makes every request an administrator; that is allowed only in development on loopback",
      });
    }
    for (const { variable, message } of [...missingForMode(env), ...missingForMail(env)]) {
      ctx.addIssue({ code: "custom", path: [variable], message });
    }
    if (env.SANDBOX_DRIVER === "local" && !(env.SANDBOX_HOST_URL && env.SANDBOX_HOST_SECRET)) {
      ctx.addIssue({
        code: "custom",
        path: ["SANDBOX_HOST_URL"],
        message: "and SANDBOX_HOST_SECRET are needed by the local sandbox driver",
      });
    }
  });

export interface Config {
  environment: "development" | "production";
  /** Host with port, such as `localhost:8787`; every host name of product.md §3 is made from it. */
  base: string;
  authMode: z.infer<typeof authMode>;
  auth: AuthConfig;
  /** Base64 of the 32-byte key that encrypts secrets at rest. */
  secretsKey: string;
  /** The one before it while secrets are being re-wrapped (`npm run rotate-keys`); null otherwise. */
  secretsKeyPrevious: string | null;
  /** Base64 of the 32-byte key that signs run and sandbox tokens. */
  tokenKey: string;
  sandbox: { driver: "cloudflare" } | { driver: "local"; url: string; secret: string };
  /** Whether the writes of each member are limited; measurements and tests need more than people do. */
  limitsWrites: boolean;
  logLevel: "debug" | "info" | "error" | "silent";
  /** Pause of the demo model between two pieces of its answer. */
  demoPaceMs: number;
  /** Who owns the deployment: the first account of an empty store. */
  adminEmail: string | null;
  /** `open`: anybody may register and make an org; `orgs`: people register where an org lets them. */
  signUp: "open" | "orgs";
  mail: MailConfig;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; error: string };

const parsed = new WeakMap<object, ConfigResult>();

/** Parses the environment once per isolate. A bad one gives a sentence that names each variable. */
export function readConfig(env: Env): ConfigResult {
  const known = parsed.get(env);
  if (known) return known;
  const result = parse(env);
  parsed.set(env, result);
  return result;
}

/** The configuration, or an exception where the environment is bad: for code behind a front door that checked it. */
export function configOf(env: Env): Config {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.error);
  return result.config;
}

function parse(env: Env): ConfigResult {
  const result = schema.safeParse(env);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    return { ok: false, error: `The configuration is not usable: ${lines.join("; ")}.` };
  }
  const value = result.data;
  const local = value.SANDBOX_DRIVER === "local" && value.SANDBOX_HOST_URL && value.SANDBOX_HOST_SECRET;
  return {
    ok: true,
    config: {
      environment: value.ENVIRONMENT,
      base: value.BASE,
      authMode: value.AUTH_MODE,
      auth: authConfigOf(value),
      secretsKey: value.SECRETS_KEY,
      secretsKeyPrevious: value.SECRETS_KEY_PREVIOUS ?? null,
      tokenKey: value.TOKEN_KEY,
      sandbox: local
        ? { driver: "local", url: value.SANDBOX_HOST_URL as string, secret: value.SANDBOX_HOST_SECRET as string }
        : { driver: "cloudflare" },
      limitsWrites: value.WRITE_LIMIT === "on",
      logLevel: value.LOG_LEVEL,
      demoPaceMs: value.DEMO_PACE_MS,
      adminEmail: value.ADMIN_EMAIL ?? null,
      signUp: value.SIGN_UP,
      mail: mailConfigOf(value),
    },
  };
}

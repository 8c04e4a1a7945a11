/** Bindings and variables of `wrangler.toml` and `.dev.vars`. Strings are read by `config.ts` and by nothing else. */
export interface Env {
  DB: D1Database;
  FILES: R2Bucket;
  ASSETS: Fetcher;
  CONVERSATION: DurableObjectNamespace;
  AGENT_THREAD: DurableObjectNamespace;
  SANDBOX: DurableObjectNamespace;
  AUDIT_LOG: DurableObjectNamespace;
  RATE_LIMITER: DurableObjectNamespace;
  /** Absent where the platform offers no such binding. */
  WRITE_RATE?: RateLimit;
  /** Absent where the deployment has no containers. */
  SANDBOX_CONTAINER?: DurableObjectNamespace;
  ENVIRONMENT?: string;
  BASE?: string;
  AUTH_MODE?: string;
  SECRETS_KEY?: string;
  SECRETS_KEY_PREVIOUS?: string;
  TOKEN_KEY?: string;
  SANDBOX_DRIVER?: string;
  SANDBOX_HOST_URL?: string;
  SANDBOX_HOST_SECRET?: string;
  WRITE_LIMIT?: string;
  LOG_LEVEL?: string;
  DEMO_PACE_MS?: string;
  /** JSON list of identity providers. */
  OIDC_PROVIDERS?: string;
  PROXY_JWT_HEADER?: string;
  PROXY_ISSUER?: string;
  PROXY_AUDIENCE?: string;
  PROXY_JWKS_URL?: string;
  PROXY_ROLES_CLAIM?: string;
  PROXY_ORG?: string;
  PROXY_ROLE_MAP?: string;
  PROXY_TRUST_EMAIL?: string;
  PROXY_SECRET?: string;
  ADMIN_EMAIL?: string;
  SIGN_UP?: string;
  MAIL?: string;
  MAIL_FROM?: string;
  MAIL_HTTP_URL?: string;
  MAIL_HTTP_TOKEN?: string;
  /** Cloudflare's binding for sending mail. */
  EMAIL?: SendEmail;
}

import { tokenIssuer } from "#platform/access-token";
import { limit } from "#platform/rate-limit";
import { publicKeys } from "#platform/signing-keys";
import { newAuthApp, withHeaders } from "./front.ts";
import { oauthError, readForm } from "./oauth.ts";
import { finishAtCallback, signOutAtProvider, startSignIn } from "./sign-in/routes.ts";
import { grantToken } from "./tokens/grant.ts";

/** `auth.BASE`: sign-in at identity providers, tokens, and the keys that prove them. */
export const authApp = newAuthApp("auth");

/** Whoever keeps a copy has the next key before it signs. */
const KEYS_FRESH_S = 600;
/** Per address; a token lasts for 15 minutes. */
const TOKEN_RATE = { name: "token", max: 120, windowS: 60 };

authApp.get("/.well-known/jwks.json", async ({ env }) =>
  Response.json(await publicKeys(env, "auth", Date.now()), {
    headers: { "cache-control": `public, max-age=${KEYS_FRESH_S}` },
  }),
);

authApp.get("/.well-known/oauth-authorization-server", ({ env }) => {
  const issuer = tokenIssuer(env);
  return Response.json({
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: ["client_credentials"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "RS256", "PS256"],
  });
});

authApp.post("/token", async ({ env, req }) => {
  const counted = await limit(env, { ...TOKEN_RATE, key: req.header("cf-connecting-ip") ?? "unknown" });
  const form = await readForm(req.raw);
  if (!form.ok) return oauthError({ error: "invalid_request", description: form.problem.detail });
  const asked = { authorization: req.header("authorization"), form: form.value };
  return withHeaders(await grantToken(env, asked, Date.now()), counted);
});

authApp.get("/start", startSignIn);
authApp.get("/callback", finishAtCallback);
authApp.get("/sign-out", signOutAtProvider);

import { html } from "hono/html";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { issueCode } from "#platform/one-time-codes";
import { unwrap } from "#platform/problem-response";
import { checkSameOrigin } from "#platform/same-origin";
import { publicKeys } from "#platform/signing-keys";
import { newAuthApp } from "../front.ts";
import { oauthError, parametersOf, readForm } from "../oauth.ts";
import { pageResponse } from "../page.ts";
import {
  type Asked,
  type AuthorizeRequest,
  isOwnMachine,
  type Refusal,
  readAuthorizeRequest,
} from "./authorize-request.ts";
import { type Person, personOfForm } from "./people.ts";
import { picker } from "./picker.ts";
import { CODE_MS, exchange, type Grant, isOwnIdToken, issuerOf, userinfo } from "./tokens.ts";

/**
 * The development identity provider, `idp.BASE`: OpenID Connect with code flow and PKCE, and a page to pick whom to be in the
 * place of a password. `serve-idp.ts` keeps it out of everything but development.
 */
export const idpApp = newAuthApp("idp");

idpApp.get("/", ({ env }) =>
  pageResponse({
    title: "Development identity provider",
    body: html`<h1>Development identity provider</h1>
<p>Anybody can be anybody here. Clients find it by discovery at <code>${issuerOf(env)}</code>; they are public, use PKCE with S256, and live on this machine.</p>
<p><a href="/.well-known/openid-configuration">openid-configuration</a></p>`,
  }),
);

idpApp.get("/.well-known/openid-configuration", ({ env }) => {
  const issuer = issuerOf(env);
  return Response.json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/end_session`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    token_endpoint_auth_methods_supported: ["none"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: ["openid", "profile", "email"],
    claims_supported: ["sub", "name", "preferred_username", "email", "email_verified", "groups"],
    authorization_response_iss_parameter_supported: true,
  });
});

idpApp.get("/jwks", async ({ env }) => Response.json(await publicKeys(env, "idp", Date.now())));

idpApp.get("/authorize", ({ env, req }) => {
  const query = new URL(req.url).search.slice(1);
  const asked = readAuthorizeRequest(new URLSearchParams(query), configOf(env));
  if (!asked.ok) return wrongRequest(asked.problem.detail);
  return answer(env, asked.value, (request) => pickerPage(env, request, { query, fault: null }));
});

idpApp.post("/authorize", async ({ env, req }) => {
  unwrap(checkSameOrigin(req.raw));
  const form = unwrap(await readForm(req.raw));
  const query = form.get("query") ?? "";
  const asked = readAuthorizeRequest(new URLSearchParams(query), configOf(env));
  if (!asked.ok) return wrongRequest(asked.problem.detail);
  return answer(env, asked.value, (request) => {
    const refused = { ...request, error: "access_denied", description: "The person refused." };
    if (form.has("refuse")) return redirectTo(env, refusalParameters(refused), request);
    const person = personOfForm(form);
    if (person) return grant(env, request, person);
    return pickerPage(env, request, { query, fault: "Give an address such as ada@example.com." });
  });
});

idpApp.post("/token", async ({ env, req }) => {
  const form = await readForm(req.raw);
  if (!form.ok) return oauthError({ error: "invalid_request", description: form.problem.detail });
  if (req.header("authorization") !== undefined)
    return oauthError({ error: "invalid_client", description: "Clients of this provider are public: send no secret." });
  return exchange(env, form.value, Date.now());
});

idpApp.on(["GET", "POST"], "/userinfo", async ({ env, req }) => {
  const token = /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "")?.[1];
  const claims = token === undefined ? null : await userinfo(env, token, Date.now());
  if (claims) return Response.json(claims);
  return new Response(null, { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
});

idpApp.on(["GET", "POST"], "/end_session", async ({ env, req }) => {
  const posted = req.method === "POST";
  const form = posted ? await readForm(req.raw) : parametersOf(new URL(req.url).searchParams);
  const parameters = unwrap(form);
  const target = parameters.get("post_logout_redirect_uri");
  const known = await isOwnIdToken(env, parameters.get("id_token_hint") ?? "", Date.now());
  if (target !== undefined && known && isOwnMachine(target, configOf(env))) {
    const url = new URL(target);
    const state = parameters.get("state");
    if (state !== undefined) url.searchParams.set("state", state);
    return Response.redirect(url.href, 303);
  }
  return pageResponse({
    title: "Signed out",
    body: html`<h1>You are signed out</h1><p>The development identity provider keeps nobody signed in.</p>`,
  });
});

function answer(
  env: Env,
  asked: Asked,
  serve: (request: AuthorizeRequest) => Response | Promise<Response>,
): Response | Promise<Response> {
  return asked.ok ? serve(asked.request) : redirectTo(env, refusalParameters(asked.refusal), asked.refusal);
}

/** A client or an address that cannot be trusted gets no redirect: the person is told instead (RFC 6749 §4.1.2.1). */
function wrongRequest(detail: string): Promise<Response> {
  return pageResponse({
    title: "Wrong request",
    status: 400,
    body: html`<h1>This sign-in was asked for wrongly</h1><p>${detail}</p>`,
  });
}

function pickerPage(
  env: Env,
  request: AuthorizeRequest,
  shown: { query: string; fault: string | null },
): Promise<Response> {
  const { base } = configOf(env);
  return pageResponse({
    title: "Who are you?",
    status: shown.fault === null ? 200 : 400,
    body: picker(request, shown.query, shown.fault),
    formTargets: [new URL(request.redirectUri).origin, `${new URL(hostUrl(configOf(env), "idp")).protocol}//*.${base}`],
  });
}

async function grant(env: Env, request: AuthorizeRequest, person: Person): Promise<Response> {
  const { clientId, redirectUri, challenge, nonce, scope } = request;
  const authTimeS = Math.floor(Date.now() / 1000);
  const payload: Grant = { clientId, redirectUri, challenge, nonce, scope, person, authTimeS };
  return redirectTo(env, { code: await issueCode(env, "idp", { payload, ttlMs: CODE_MS }) }, request);
}

function refusalParameters(refusal: Pick<Refusal, "error" | "description">): Record<string, string> {
  return { error: refusal.error, error_description: refusal.description };
}

/** Sends the answer to the client, with its state and our name (RFC 9207). */
function redirectTo(
  env: Env,
  parameters: Record<string, string>,
  to: { redirectUri: string; state: string | null },
): Response {
  const url = new URL(to.redirectUri);
  const state = to.state === null ? {} : { state: to.state };
  for (const [name, value] of Object.entries({ ...parameters, ...state, iss: issuerOf(env) }))
    url.searchParams.set(name, value);
  return new Response(null, { status: 303, headers: { location: url.href } });
}

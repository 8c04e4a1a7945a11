import { Hono } from "hono";
import { findOrg, findOrgBySlug, type Org } from "#data/orgs";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { beginHandover, endedHandover, handoverUrl, localPath, redirectTo, takeHandover } from "#platform/handover";
import { hostUrl, isBareLoopback, parseHost } from "#platform/hosts";
import { memberIn } from "#platform/membership";
import { openSession } from "#platform/session";
import { sessionCookie, sessionOf, startSession } from "#platform/sessions";
import { auditHandover } from "./audit.ts";
import { signedInOf } from "./front.ts";

/**
 * Where a page of an org's host is to be asked for instead, where people sign in: at the host's own name where bare loopback was
 * asked, at `app.BASE` where it is one of that host's pages (`elsewhere`), and by a stranger at `app.BASE` first, which sends back who
 * is signed in there. Null: here.
 */
export async function signInFirst(env: Env, request: Request, elsewhere: boolean): Promise<Response | null> {
  const config = configOf(env);
  if (config.authMode !== "LOCAL" && config.authMode !== "OAUTH") return null;
  const { host, pathname, search } = new URL(request.url);
  const known = parseHost(host, config);
  if (known.kind !== "org") return null;
  if (elsewhere) return redirectTo(`${hostUrl(config, "app")}${pathname}${search}`);
  const to = localPath(pathname + search);
  if (isBareLoopback(host, config.base)) return redirectTo(`${hostUrl(config, known.slug)}${to}`);
  const session = await openSession(env, request, known.slug);
  if (!session || session.principal) return null;
  const { browser, cookie } = await beginHandover(env);
  return redirectTo(`${hostUrl(config, "app")}/enter?${new URLSearchParams({ org: known.slug, to, browser })}`, cookie);
}

/** `GET {host}/session/accept?code=&to=`: the session of this host, for a code that was made for it. */
export const acceptApp = new Hono<{ Bindings: Env }>();
acceptApp.get("/session/accept", async ({ env, req }) => {
  const host = parseHost(new URL(req.url).host, configOf(env));
  const org = host.kind === "org" ? await findOrgBySlug(env, host.slug) : null;
  const found = await takeHandover(env, req.raw, org?.id ?? null);
  const to = localPath(req.query("to"));
  if (!found) return redirectTo(await insteadOf(env, req.raw, { org, to }));
  const { accountId, hostOrgId, parentId, signOut } = found;
  const { token } = await startSession(env, req.raw, { accountId, hostOrgId, parentId, signOut });
  if (parentId === null) await auditHandover(env, req.raw, { accountId, orgId: hostOrgId });
  return redirectTo(to, sessionCookie(env, token), endedHandover(env));
});

/**
 * `GET {host}/session/begin?provider=&to=`: to an identity provider. A session comes of it only on the host where it began: on
 * `app.BASE` at a provider of the deployment, on an org's host at one of its own.
 */
acceptApp.get("/session/begin", async ({ env, req }) => {
  const host = parseHost(new URL(req.url).host, configOf(env));
  const { browser, cookie } = await beginHandover(env);
  const query = new URLSearchParams({ provider: req.query("provider") ?? "", browser });
  const slug = host.kind === "org" ? host.slug : req.query("org");
  if (slug) query.set("org", slug);
  query.set("to", localPath(req.query("to")));
  return redirectTo(`${hostUrl(configOf(env), "auth")}/start?${query}`, cookie);
});

/** A link that was used, or of another browser: who is signed in already goes on, and others are told, so that nothing goes in circles. */
async function insteadOf(env: Env, request: Request, { org, to }: { org: Org | null; to: string }): Promise<string> {
  if (await sessionOf(env, request, org?.id ?? null)) return to;
  const query = new URLSearchParams({ error: "handover", ...(org ? { org: org.slug, to } : {}) });
  return `${hostUrl(configOf(env), "app")}/sign-in?${query}`;
}

/** The way from `app.BASE` to an org's host. */
export const enterApp = new Hono<{ Bindings: Env }>();
enterApp.get("/enter", async ({ env, req }) => {
  const [slug, to] = [req.query("org") ?? "", localPath(req.query("to"))];
  const signedIn = await signedInOf(env, req.raw);
  if (!signedIn) return redirectTo(`/sign-in?${new URLSearchParams({ org: slug, to })}`);
  const org = await findOrgBySlug(env, slug);
  const row = org && (await findOrg(env, org.id));
  const member = row && (await memberIn(env, row, signedIn.account));
  if (!row || member?.state !== "active") return redirectTo(`/no-entry?${new URLSearchParams({ org: slug })}`);
  const browser = req.query("browser");
  // Without the digest of a browser that began on that host the way begins there.
  if (!browser) return redirectTo(`${hostUrl(configOf(env), row.slug)}${to}`);
  const [accountId, parentId] = [signedIn.account.id, signedIn.session.id];
  const payload = { accountId, hostOrgId: row.id, parentId, browser, signOut: null };
  return redirectTo(await handoverUrl(env, payload, { host: row.slug, to }));
});

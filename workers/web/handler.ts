import { createRequestHandler } from "@remix-run/cloudflare";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { hostUrl } from "#platform/hosts";
import { type ApiFetch, apiFor } from "./api-for.ts";
import { secureDocument, secureFile } from "./headers.ts";
import { isAccountPage } from "./pages.ts";

/** The web app: its files, and its pages rendered with the api bound in-process. */
export async function serveWeb(request: Request, { env, api }: { env: Env; api: ApiFetch }): Promise<Response> {
  const file = await clientFile(request, env);
  if (file) return file;
  const build = await import("#app-build");
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const context = { api: build.entry.module.createApi(apiFor(request, { env, api })), nonce };
  const response = await createRequestHandler(build, "production")(request, context);
  const config = configOf(env);
  // Whoever signs in by a form without scripts is led on to the host of an org, or to where people sign in.
  const formTargets = isAccountPage(new URL(request.url).pathname) ? hostUrl(config, "*") : "";
  return secureDocument(response, { nonce, request, imageOrigin: hostUrl(config, "img"), formTargets });
}

/** A file of the client build, or null where this path is a page. Only hashed files may be kept for ever. */
async function clientFile(request: Request, env: Env): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const hashed = pathname.startsWith("/assets/");
  if (!hashed && !/^\/[\w.-]+\.(?:ico|svg|png|txt|webmanifest)$/.test(pathname)) return null;
  const found = await env.ASSETS.fetch(request);
  return secureFile(found, hashed);
}

import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { problemResponse } from "#platform/problem-response";
import { nothingHere } from "../front.ts";

/** Set by whoever bundles: true in development and in tests. Elsewhere the provider is not even in the Worker. */
declare const DEVELOPMENT_IDP: boolean;

/** The development identity provider, `idp.BASE`; not found outside development. */
export async function serveIdp(request: Request, env: Env, ctx?: ExecutionContext): Promise<Response> {
  if (typeof DEVELOPMENT_IDP === "boolean" && DEVELOPMENT_IDP && configOf(env).environment === "development") {
    const { idpApp } = await import("./app.ts");
    return idpApp.fetch(request, env, ctx);
  }
  return problemResponse(nothingHere);
}

import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { PROXY_SECRET_HEADER } from "#platform/proxy-token";

/** Answers a request to the api, as the same person. */
export type ApiFetch = (request: Request) => Promise<Response>;

const FORWARDED = ["cookie", "authorization", "origin", "accept-language", "user-agent", "cf-connecting-ip"];

/** Calls the api as the person who asked for this page: the same cookies, from the same origin. */
export function apiFor(request: Request, { env, api }: { env: Env; api: ApiFetch }) {
  const { proxy } = configOf(env).auth;
  const shown = proxy ? [...FORWARDED, proxy.header, PROXY_SECRET_HEADER] : FORWARDED;
  return (path: string, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    for (const name of shown) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    return api(new Request(new URL(path, request.url), { ...init, headers }));
  };
}

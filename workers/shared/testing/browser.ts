import { createExecutionContext } from "cloudflare:test";
import type { Env } from "#platform/env";
import worker from "../../index.ts";
import { testEnv } from "./world.ts";

/** The environment of a deployment where people sign in with passwords, on a development machine. */
export function localEnv(changes: Partial<Env> = {}): Env {
  return { ...testEnv, AUTH_MODE: "LOCAL", SIGN_UP: "open", ...changes };
}

/** The address of one of our hosts, without a path. */
export const hostOf = (label: string) => `http://${label}.localhost:8787`;

/** A browser: it keeps the cookies of each host by itself, says where it is from, and follows what it is told to. */
export class Browser {
  readonly #env: Env;
  readonly #jars = new Map<string, Map<string, string>>();
  readonly #address: string;

  constructor(env: Env, address = `192.0.2.${Math.floor(Math.random() * 250)}:${crypto.randomUUID()}`) {
    this.#env = env;
    this.#address = address;
  }

  /** One request, as a page of that host makes it; redirects are answers. */
  async fetch(url: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    const { host, origin } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { origin, "cf-connecting-ip": this.#address, "user-agent": "Test", cookie, ...init.headers };
    const request = new Request(url, { ...init, headers, redirect: "manual" });
    const response = await worker.fetch(request, this.#env, createExecutionContext());
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0(?:;|$)/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** A JSON request and its answer. */
  async json<T>(method: string, url: string, body?: unknown): Promise<{ status: number; body: T; headers: Headers }> {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await this.fetch(url, { method, ...init });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T, headers: response.headers };
  }

  /** Goes to a page and on, until it is no redirect; where it ends. Pages themselves are not asked for. */
  async go(url: string): Promise<string> {
    let at = url;
    for (let hop = 0; hop < 10; hop += 1) {
      const { pathname } = new URL(at);
      if (/^\/(?:sign-in|no-entry|organisations)$/.test(pathname)) return at;
      const arrives = pathname === "/session/accept";
      const response = await this.fetch(at, { headers: { accept: "text/html", "sec-fetch-dest": "document" } });
      await response.body?.cancel();
      const location = response.headers.get("location");
      if (location === null) return at;
      at = new URL(location, at).href;
      if (arrives) return at;
    }
    throw new Error(`too many redirects, the last to ${at}`);
  }

  /** The cookies it has for a host. */
  cookies(host: string): Record<string, string> {
    return Object.fromEntries(this.#jars.get(host) ?? []);
  }

  /** Puts a cookie where it does not belong. */
  plant(host: string, cookies: Record<string, string>): void {
    this.#jars.set(host, new Map(Object.entries(cookies)));
  }
}

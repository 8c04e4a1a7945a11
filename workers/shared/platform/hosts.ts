import { RESERVED_SLUGS, ROOMS } from "#domain/account/slug";
import type { Config } from "./config.ts";

export type Room = (typeof ROOMS)[number];

export type Host = { kind: "org"; slug: string } | { kind: "room"; room: Room } | { kind: "unknown" };

/** The org that bare loopback addresses stand for in development, since many resolvers do not know `*.localhost`. */
export const DEV_ORG_SLUG = "demo";

const SLUG = /^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$/;

/** What a `Host` header names (product.md §3). A name that is not ours, such as a rebound one, is `unknown`. */
export function parseHost(host: string, config: Pick<Config, "base" | "environment">): Host {
  const name = host.toLowerCase();
  if (config.environment === "development" && isBareLoopback(name, config.base))
    return { kind: "org", slug: DEV_ORG_SLUG };
  if (!name.endsWith(`.${config.base}`)) return { kind: "unknown" };
  const label = name.slice(0, -config.base.length - 1);
  const room = ROOMS.find((one) => one === label);
  if (room) return { kind: "room", room };
  if (!SLUG.test(label) || RESERVED_SLUGS.has(label)) return { kind: "unknown" };
  return { kind: "org", slug: label };
}

/** The URL of one of our hosts. */
export function hostUrl(config: Pick<Config, "base" | "environment">, label: string): string {
  const scheme = config.environment === "development" ? "http" : "https";
  return `${scheme}://${label}.${config.base}`;
}

/** Whether a host is the bare loopback name or address, whose users may be unable to resolve `img.localhost`. */
export function isBareLoopback(name: string, base: string): boolean {
  const port = /:\d+$/.exec(base)?.[0] ?? "";
  return [`localhost${port}`, `127.0.0.1${port}`, `[::1]${port}`].includes(name);
}

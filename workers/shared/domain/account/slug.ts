import { orgSlug, type SlugCheck } from "#contract/org";

/** Hosts of ours, below `BASE`. */
export const ROOMS = ["app", "api", "mcp", "auth", "hooks", "control", "llm", "git", "img", "idp"] as const;

/** Names no org may take: every host of ours and those people expect to be official. */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set([
  ...ROOMS,
  ...[
    "www",
    "admin",
    "docs",
    "status",
    "mail",
    "dev",
    "conv",
    "support",
    "help",
    "security",
    "billing",
    "static",
    "assets",
  ],
]);

/** What can be said of a name without asking who has it. */
export function slugStateOf(slug: string): Exclude<SlugCheck["state"], "taken"> {
  if (!orgSlug.safeParse(slug).success) return "invalid";
  return RESERVED_SLUGS.has(slug) || slug.startsWith("conv-") ? "reserved" : "available";
}

/** Names that are like it and may be taken, the nearest first. */
export function suggestionsFor(text: string): string[] {
  const base = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32)
    .replace(/-+$/, "");
  if (base === "") return [];
  return [base, `${base}-team`, `${base}-hq`, `${base}-org`, `${base}-2`, `${base}-3`].filter(
    (one) => one !== text && slugStateOf(one) === "available",
  );
}

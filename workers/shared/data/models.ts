import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import { DEMO_MODEL, providerModel } from "#contract/provider";
import { providers } from "./tables/providers.ts";
import type { TenantDb } from "./tenant-db.ts";

/** The model of new conversations: the first of the enabled providers, or the built-in one where there is none. */
export async function defaultModel(db: TenantDb): Promise<string> {
  const rows = await db.select(providers, { where: eq(providers.enabled, true), orderBy: asc(providers.id) });
  for (const row of rows) {
    const first = z.array(providerModel).safeParse(JSON.parse(row.models)).data?.[0];
    if (first) return `${row.slug}/${first.name}`;
  }
  return DEMO_MODEL;
}

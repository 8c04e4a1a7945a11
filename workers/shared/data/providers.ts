import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { type Provider, providerModel } from "#contract/provider";
import { providers } from "./tables/providers.ts";
import type { TenantDb } from "./tenant-db.ts";

type Row = typeof providers.$inferSelect;

/** A provider with its sealed key: for the gateway, which alone may open it. */
export interface SealedProvider extends Provider {
  keySealed: string | null;
}

/** The providers of the org by name. */
export async function listProviders(db: TenantDb): Promise<Provider[]> {
  const rows = await db.select(providers, { orderBy: [asc(providers.name), asc(providers.id)] });
  return rows.map(fromRow);
}

/** One provider, or null. */
export async function getProvider(db: TenantDb, id: string): Promise<Provider | null> {
  const row = await db.selectOne(providers, eq(providers.id, id));
  return row && fromRow(row);
}

/** One provider with its sealed key by id, or null. */
export async function getSealedProvider(db: TenantDb, id: string): Promise<SealedProvider | null> {
  const row = await db.selectOne(providers, eq(providers.id, id));
  return row && { ...fromRow(row), keySealed: row.keySealed };
}

/** One provider with its sealed key by the first half of a model's id, or null. */
export async function findSealedProvider(db: TenantDb, slug: string): Promise<SealedProvider | null> {
  const row = await db.selectOne(providers, eq(providers.slug, slug));
  return row && { ...fromRow(row), keySealed: row.keySealed };
}

/** Adds a provider; false where the org has one with its slug. */
export function insertProvider(db: TenantDb, row: Omit<Row, "orgId">): Promise<boolean> {
  return db.insert(providers, row);
}

/** Changes a provider that still has `rev`, which rises by one; false where it has another or is gone. */
export async function updateProvider(
  db: TenantDb,
  provider: { id: string; rev: number },
  set: Partial<Omit<Row, "orgId" | "id" | "rev" | "createdAt">>,
): Promise<boolean> {
  const here = and(eq(providers.id, provider.id), eq(providers.rev, provider.rev));
  if (!here) return false;
  return (await db.update(providers, { ...set, rev: provider.rev + 1 }, here)) > 0;
}

/** Deletes a provider and its key; false where there is none. */
export async function removeProvider(db: TenantDb, id: string): Promise<boolean> {
  return (await db.remove(providers, eq(providers.id, id))) > 0;
}

function fromRow(row: Row): Provider {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    slug: row.slug,
    baseUrl: row.baseUrl,
    models: z.array(providerModel).parse(JSON.parse(row.models)),
    enabled: row.enabled,
    key: {
      hasValue: row.keySealed !== null,
      lastFour: row.keyLastFour,
      updatedAt: row.keyUpdatedAt === null ? null : new Date(row.keyUpdatedAt).toISOString(),
    },
    rev: row.rev,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

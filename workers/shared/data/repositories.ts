import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import type { Repository } from "#contract/repository";
import { repositories } from "./tables/repositories.ts";
import type { TenantDb } from "./tenant-db.ts";

type Row = typeof repositories.$inferSelect;

/** The repositories of the org by name. */
export async function listRepositories(db: TenantDb): Promise<Repository[]> {
  const rows = await db.select(repositories, { orderBy: [asc(repositories.name), asc(repositories.id)] });
  return rows.map(fromRow);
}

/** One repository, or null. */
export async function getRepository(db: TenantDb, id: string): Promise<Repository | null> {
  const row = await db.selectOne(repositories, eq(repositories.id, id));
  return row && fromRow(row);
}

/** Adds a repository; false where the org has its clone URL already. */
export function insertRepository(db: TenantDb, row: Omit<Row, "orgId">): Promise<boolean> {
  return db.insert(repositories, row);
}

/** Sets the hosts that a repository's containers may reach; false where there is no such repository. */
export async function allowHosts(db: TenantDb, id: string, hosts: string[]): Promise<boolean> {
  const where = eq(repositories.id, id);
  return (await db.update(repositories, { allowedHosts: JSON.stringify(hosts) }, where)) > 0;
}

function fromRow(row: Row): Repository {
  return {
    id: row.id,
    name: row.name,
    cloneUrl: row.cloneUrl,
    defaultBranch: row.defaultBranch,
    allowedHosts: z.array(z.string()).parse(JSON.parse(row.allowedHosts)),
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { makeWorld, testEnv } from "../testing/world.ts";
import { repositories } from "./tables/repositories.ts";
import { forTenant, TenantDb } from "./tenant-db.ts";

const REFUSED = "without the org of repositories";

describe("the tenant database", () => {
  it("refuses a statement that lacks the org, and runs nothing of its transaction", async () => {
    const world = await makeWorld();
    const db = forTenant(testEnv, world.principal);
    const own = sql`UPDATE repositories SET name = 'changed' WHERE org_id = ${world.orgId}`;
    await expect(
      db.transact(() => [own, sql`DELETE FROM repositories WHERE id = ${world.repositoryId}`]),
    ).rejects.toThrow(REFUSED);
    await expect(db.query(() => sql`SELECT id FROM repositories WHERE name = ${world.orgId}`)).rejects.toThrow(REFUSED);
    await expect(
      db.select(repositories, { where: sql`id IN (SELECT id FROM repositories WHERE name = ${world.orgId})` }),
    ).rejects.toThrow(REFUSED);
    expect((await db.selectOne(repositories, eq(repositories.id, world.repositoryId)))?.name).toBe("demo");
  });

  it("refuses the id of another org in the place of its own", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const db = forTenant(testEnv, mine.principal);
    await expect(
      db.query(() => sql`SELECT id FROM repositories WHERE org_id = ${theirs.orgId} AND name <> ${mine.orgId}`),
    ).rejects.toThrow("another org");
    await expect(
      db.transact((orgId) => [
        sql`INSERT INTO repositories (org_id, id, name, clone_url, default_branch, created_at)
          SELECT ${theirs.orgId}, 'x', name, 'x', 'main', 0 FROM repositories WHERE org_id = ${orgId}`,
      ]),
    ).rejects.toThrow("another org");
  });

  it("takes an expression that is true of everything for no more than its org", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const db = forTenant(testEnv, mine.principal);
    const rows = await db.select(repositories, { where: sql`1 = 1 OR ${repositories.orgId} = ${theirs.orgId}` });
    expect(rows.map((row) => row.id)).toEqual([mine.repositoryId]);
    expect(await db.remove(repositories, sql`1 = 1`)).toBe(1);
    expect(await db.remove(repositories, sql`1 = 1`)).toBe(0);
    expect(await forTenant(testEnv, theirs.principal).select(repositories)).toHaveLength(1);
  });

  it("does not give out a row of another org that came back all the same", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const lying = new Proxy(testEnv.DB, {
      get: (database, name) =>
        name === "prepare"
          ? (text: string) => ({ bind: (...values: unknown[]) => database.prepare(text).bind(...values.map(other)) })
          : Reflect.get(database, name),
    });
    const other = (value: unknown) => (value === mine.orgId ? theirs.orgId : value);
    const db = new TenantDb(lying, mine.orgId);
    await expect(db.select(repositories)).rejects.toThrow("came back");
    await expect(db.query((orgId) => sql`SELECT org_id FROM repositories WHERE org_id = ${orgId}`)).rejects.toThrow(
      "came back",
    );
  });
});

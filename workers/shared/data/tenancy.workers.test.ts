import { describe, expect, it } from "vitest";
import { CALLS } from "../testing/repository-calls.ts";
import { emptyOrg, rowsOf, seedOrg, tenantTables } from "../testing/tenants.ts";
import { unrestricted } from "../testing/unrestricted.ts";
import { testEnv } from "../testing/world.ts";
import { TenantDb } from "./tenant-db.ts";

const sources = import.meta.glob<string>("./*.ts", { query: "?raw", import: "default", eager: true });
/** Each exported function that takes a `TenantDb`, from the code itself. */
const functions = Object.entries(sources)
  .filter(([file]) => !/\.test\.ts$/.test(file))
  .flatMap(([, code]) => [...code.matchAll(/^export (?:async )?function (\w+)(?:<[^>]*>)?\(\s*(\w+: TenantDb\b)?/gm)])
  .filter(([, , takes]) => takes !== undefined)
  .map(([, name]) => name as string);
const { DB } = testEnv;

/** What is wrong with a function that is called in an org that has nothing, with the ids of one that has everything. */
async function tried(name: string, databaseOf: (org: { own: string; other: string }) => D1Database): Promise<string[]> {
  const call = CALLS[name];
  if (!call) throw new Error(`${name} takes a TenantDb: add a call to repository-calls.ts`);
  const org = { other: await seedOrg(DB), own: await emptyOrg(DB) };
  const before = { theirs: await rowsOf(DB, org.other), mine: await rowsOf(DB, org.own) };
  const answer = await Promise.resolve(new TenantDb(databaseOf(org), org.own))
    .then((db) => call.run(db))
    .catch((error: Error) =>
      /FOREIGN KEY/.test(error.cause ? String(error.cause) : error.message) ? "refused" : `threw: ${error.message}`,
    );
  const after = { theirs: await rowsOf(DB, org.other), mine: await rowsOf(DB, org.own) };
  const same = (one: unknown, other: unknown) => {
    try {
      expect(one).toEqual(other);
      return true;
    } catch {
      return false;
    }
  };
  return [
    same(answer, call.nothing) ? "" : `answered ${JSON.stringify(answer)}`,
    same(after.theirs, before.theirs) ? "" : "changed rows of the other org",
    call.adds || same(after.mine, before.mine) ? "" : "left rows in its own org",
  ].filter((one) => one !== "");
}

describe("repository functions of two tenants", () => {
  it("are all tried, and nothing else is listed", () => {
    expect(functions.length).toBeGreaterThan(40);
    expect(Object.keys(CALLS).sort()).toEqual([...functions].sort());
  });

  it("take the database of a tenant as the first of their arguments or not at all", () => {
    const later = Object.values(sources).flatMap((code) => [
      ...code.matchAll(/^export (?:async )?function \w+\([^)]*,\s*\w+: TenantDb\b/gm),
    ]);
    expect(later.map(([text]) => text)).toEqual([]);
  });

  it("are tried against a row in each table of tenants", async () => {
    const rows = await rowsOf(DB, await seedOrg(DB));
    expect(Object.keys(rows)).toEqual(await tenantTables(DB));
    expect(Object.entries(rows).filter(([, some]) => some.length === 0)).toEqual([]);
  });

  it("keep each row with its org, whoever writes", async () => {
    const [from, to] = [await seedOrg(DB), await emptyOrg(DB)];
    for (const table of await tenantTables(DB)) {
      const moving = DB.prepare(`UPDATE "${table}" SET org_id = ? WHERE org_id = ?`).bind(to, from).run();
      await expect(moving, table).rejects.toThrow("a row stays with its org");
    }
  });

  it.each(functions)("%s gives nothing of another org, and changes nothing there", async (name) => {
    expect(await tried(name, () => DB)).toEqual([]);
  });

  it.each(functions)("%s is found out where its statements lose the org", async (name) => {
    const wrong = await tried(name, (org) => unrestricted(DB, org));
    expect(wrong).not.toEqual([]);
    for (const one of wrong.filter((text) => text.includes("threw"))) expect(one).toContain("came back");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { importMasterKeys, newKey, openUnderMaster, sealedParts, sealUnderMaster } from "#platform/sealing";
import { dataKeyPlace, providerKeyPlace } from "#platform/secret-places";
import { type Execute, rotate } from "./rotate.ts";

const keyOf = (fill: number) => Buffer.alloc(32, fill).toString("base64");
const migrations = join(import.meta.dirname, "..", "..", "migrations");
const onlyOld = await importMasterKeys(keyOf(1), null);
const onlyNew = await importMasterKeys(keyOf(2), null);
const both = await importMasterKeys(keyOf(2), keyOf(1));
const ORGS = 230;
let database: DatabaseSync;

const execute: Execute = async (sql) => {
  if (/^\s*SELECT/.test(sql)) return database.prepare(sql).all() as Record<string, unknown>[];
  database.exec(sql);
  return [];
};
const sealedRows = () =>
  database
    .prepare(
      `SELECT 'k' AS kind, org_id AS org, id, wrapped AS sealed FROM org_keys
       UNION ALL SELECT 's', NULL, id, wrapped FROM system_keys
       UNION ALL SELECT 'p', org_id, id, key_sealed FROM providers WHERE key_sealed LIKE 'v1.%'`,
    )
    .all() as { kind: string; org: string; id: string; sealed: string }[];
const placeOf = ({ kind, org, id }: { kind: string; org: string | null; id: string }) =>
  kind === "p" ? providerKeyPlace(org ?? "", id) : dataKeyPlace(org, id);
const openAll = () =>
  Promise.all(sealedRows().map((row) => openUnderMaster(onlyNew, placeOf(row), sealedParts(row.sealed))));

/** A database of many orgs with a key each, the installation's, and a provider's key from before there were data keys. */
beforeEach(async () => {
  database = new DatabaseSync(":memory:");
  for (const name of readdirSync(migrations)
    .filter((one) => one.endsWith(".sql"))
    .sort())
    database.exec(readFileSync(join(migrations, name), "utf8"));
  const org = database.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?, ?, 'Org', 0)");
  const key = database.prepare(
    "INSERT INTO org_keys (org_id, id, generation, wrapped, created_at) VALUES (?, ?, 1, ?, 0)",
  );
  for (let n = 0; n < ORGS; n++) {
    const [orgId, id] = [`org_'${n}`, `key${n}`];
    org.run(orgId, `o${n}`);
    key.run(orgId, id, await sealUnderMaster(onlyOld, dataKeyPlace(orgId, id), newKey()));
  }
  database
    .prepare("INSERT INTO system_keys (id, generation, wrapped, created_at) VALUES ('sys', 1, ?, 0)")
    .run(await sealUnderMaster(onlyOld, dataKeyPlace(null, "sys"), newKey()));
  database
    .prepare(
      `INSERT INTO providers (org_id, id, kind, name, slug, models, enabled, key_sealed, rev, created_at)
       VALUES ('org_''0', 'prv_1', 'openai', 'p', 'p', '[]', 1, ?, 1, 0)`,
    )
    .run(await sealUnderMaster(onlyOld, providerKeyPlace("org_'0", "prv_1"), "sk-before"));
});

describe("rotation of the key-encryption key", () => {
  it("leaves nothing that the key before it must open, and the same texts", async () => {
    const before = await Promise.all(
      sealedRows().map((row) => openUnderMaster(onlyOld, placeOf(row), sealedParts(row.sealed))),
    );
    const pages: number[] = [];
    const done = await rotate(execute, both, (count) => pages.push(count));
    expect(done).toEqual({ rewrapped: ORGS + 2, broken: [], foreign: 0 });
    expect(pages.length).toBeGreaterThan(3);
    expect(await openAll()).toEqual(before);
    expect(await rotate(execute, both, () => {})).toEqual({ rewrapped: 0, broken: [], foreign: 0 });
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "opens everything at each moment, and is finished after statement %i failed",
    async (nth) => {
      let left = nth;
      const dies: Execute = async (sql) => {
        if (left-- === 0) throw new Error("killed");
        return execute(sql);
      };
      await expect(rotate(dies, both, () => {})).rejects.toThrow("killed");
      for (const row of sealedRows()) await openUnderMaster(both, placeOf(row), sealedParts(row.sealed));
      await rotate(execute, both, () => {});
      expect(await openAll()).toHaveLength(ORGS + 2);
    },
  );

  it("leaves alone what is written meanwhile, what it cannot open, and what neither key sealed", async () => {
    const newer = await sealUnderMaster(onlyNew, providerKeyPlace("org_'0", "prv_1"), "entered meanwhile");
    const racing: Execute = async (sql) => {
      if (sql.startsWith("UPDATE providers"))
        database.prepare("UPDATE providers SET key_sealed = ? WHERE id = 'prv_1'").run(newer);
      return execute(sql);
    };
    const moved = sealedRows().find(({ id }) => id === "key5")?.sealed ?? "";
    database.prepare("UPDATE org_keys SET wrapped = ? WHERE id = 'key6'").run(moved);
    const foreign = await sealUnderMaster(await importMasterKeys(keyOf(3), null), dataKeyPlace("org_'7", "key7"), "x");
    database.prepare("UPDATE org_keys SET wrapped = ? WHERE id = 'key7'").run(foreign);
    const done = await rotate(racing, both, () => {});
    expect(done).toMatchObject({ broken: ["org_keys key6"], foreign: 1 });
    const kept = Object.fromEntries(sealedRows().map(({ id, sealed }) => [id, sealed]));
    expect(kept).toMatchObject({ prv_1: newer, key6: moved, key7: foreign });
  });
});

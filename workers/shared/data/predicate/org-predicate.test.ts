import { describe, expect, it } from "vitest";
import { orgParameters } from "./org-predicate.ts";

/** Statements, and which of their arguments must be the org. */
const RESTRICTED: [string, number[]][] = [
  [`select "id" from "files" where ("files"."org_id" = ? and "files"."id" = ?) limit ?`, [0]],
  ["SELECT * FROM files f WHERE f.id = ? AND ? = f.org_id", [1]],
  ["SELECT * FROM files WHERE ((org_id = ?)) AND (a OR b)", [0]],
  ["SELECT * FROM files WHERE a BETWEEN ? AND ? AND org_id = ?", [2]],
  ["SELECT 1", []],
  ["SELECT value FROM json_each(?)", []],
  ["SELECT * FROM a JOIN b ON b.org_id = a.org_id AND b.x = a.x WHERE a.org_id = ?", [0]],
  ["SELECT * FROM a, b WHERE a.org_id = ? AND b.org_id = a.org_id", [0]],
  ["SELECT * FROM a LEFT JOIN b ON b.org_id = a.org_id WHERE a.org_id = ?", [0]],
  ["SELECT (SELECT x FROM b WHERE org_id = ?) FROM a WHERE a.org_id = ?", [1, 0]],
  ["SELECT * FROM a WHERE a.org_id = ? AND EXISTS (SELECT 1 FROM b p WHERE p.org_id = a.org_id)", [0]],
  ["SELECT x FROM a WHERE org_id = ? UNION ALL SELECT x FROM b WHERE org_id = ?", [0, 1]],
  [
    "WITH p AS MATERIALIZED (SELECT id FROM a WHERE org_id = ?) SELECT * FROM p JOIN b ON b.rowid = p.id WHERE b.org_id = ?",
    [0, 1],
  ],
  [
    `WITH picked AS (SELECT e.rowid AS id FROM search_fts CROSS JOIN search_entries e ON e.rowid = search_fts.rowid
       WHERE search_fts MATCH ? AND e.org_id = ?)
     SELECT * FROM picked CROSS JOIN search_fts ON search_fts.rowid = picked.id JOIN search_entries e ON e.rowid = picked.id
     WHERE e.org_id = ?`,
    [1, 2],
  ],
  [`insert into "a" ("org_id", "id") values (?, ?), (?, ?) on conflict do nothing`, [0, 2]],
  [
    `insert into "a" ("id", "org_id") values (?, ?) on conflict ("a"."org_id", "a"."id") do update set "x" = ? where "a"."org_id" = ?`,
    [1],
  ],
  ["INSERT INTO a (org_id, n) SELECT ?, x FROM (SELECT 1 AS x) used WHERE ? < 3 ON CONFLICT DO NOTHING", [0]],
  [
    `INSERT INTO a (org_id, n) SELECT org_id, ? FROM b WHERE org_id = ? AND id = ?
     ON CONFLICT (org_id, n) DO UPDATE SET n = n + excluded.n`,
    [1],
  ],
  ["UPDATE a SET n = (SELECT max(n) FROM b WHERE b.org_id = a.org_id) WHERE a.org_id = ? RETURNING n", [0]],
  [`delete from "a" where "a"."org_id" = ?`, [0]],
  ["DELETE FROM a WHERE org_id = ? AND id NOT IN (SELECT value FROM json_each(?))", [0]],
  ["SELECT * FROM orgs WHERE id = ?", [0]],
];

const REFUSED = [
  "SELECT * FROM files",
  "SELECT * FROM files WHERE id = ?",
  "SELECT * FROM files WHERE org_id = 'org_1'",
  "SELECT * FROM files WHERE org_id <> ?",
  "SELECT * FROM files WHERE org_id = ? OR 1 = 1",
  "SELECT * FROM files WHERE org_id = ? AND id = ? OR id = ?",
  "SELECT * FROM files WHERE NOT (org_id = ?)",
  "SELECT * FROM files WHERE x BETWEEN ? AND org_id = ?",
  "SELECT * FROM files WHERE CASE WHEN a AND org_id = ? AND b THEN 1 ELSE 1 END",
  "SELECT * FROM files -- WHERE org_id = ?",
  "SELECT * FROM files WHERE name = 'org_id = ?'",
  "SELECT org_id = ? FROM files",
  "SELECT * FROM files ORDER BY org_id = ?",
  "SELECT * FROM a JOIN b ON b.x = a.x WHERE a.org_id = ?",
  "SELECT * FROM a, b WHERE a.org_id = ?",
  "SELECT * FROM a LEFT JOIN b ON a.org_id = ? AND b.org_id = ?",
  "SELECT * FROM a RIGHT JOIN b ON a.org_id = b.org_id WHERE a.org_id = ?",
  "SELECT * FROM a JOIN b USING (org_id) WHERE a.org_id = ?",
  "SELECT (SELECT x FROM b) FROM a WHERE a.org_id = ?",
  "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.org_id = a.org_id AND a.org_id = ?)",
  "SELECT * FROM a WHERE a.org_id = ? AND id IN (SELECT id FROM b WHERE id = ?)",
  "SELECT * FROM a WHERE org_id IN (SELECT org_id FROM (SELECT ? AS org_id))",
  "SELECT * FROM (SELECT 'x' AS org_id) s WHERE EXISTS (SELECT 1 FROM b WHERE b.org_id = s.org_id)",
  "SELECT x FROM a WHERE org_id = ? UNION SELECT x FROM b",
  "WITH p AS (SELECT id FROM a) SELECT * FROM p",
  "SELECT * FROM search_fts WHERE search_fts MATCH ?",
  "SELECT * FROM search_fts JOIN search_entries e ON e.rowid = search_fts.rowid",
  "SELECT * FROM search_fts JOIN search_entries e ON e.seq = search_fts.rowid WHERE e.org_id = ?",
  "INSERT INTO a VALUES (?, ?)",
  "INSERT INTO a (id) VALUES (?)",
  "INSERT INTO a (org_id, id) VALUES ('org_1', ?)",
  "INSERT INTO a (org_id, id) VALUES (?, ?), ('org_1', ?)",
  "INSERT INTO a (org_id, n) SELECT other, n FROM b WHERE org_id = ?",
  "INSERT INTO a (org_id, n) SELECT ?, n FROM b",
  "INSERT INTO a (org_id, n) VALUES (?, (SELECT n FROM b))",
  "INSERT INTO a (org_id, n) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET n = 1",
  "INSERT INTO a (org_id, n) VALUES (?, ?) ON CONFLICT (org_id) DO UPDATE SET n = (SELECT n FROM b)",
  "UPDATE a SET n = 1",
  "UPDATE a SET n = 1 WHERE id = ?",
  "UPDATE a SET org_id = ? WHERE org_id = ?",
  "UPDATE a SET n = b.n FROM b WHERE a.org_id = ?",
  "UPDATE a SET org_id = ?",
  "DELETE FROM a",
  "DELETE FROM a WHERE id = ?",
  "DROP TABLE a",
  "PRAGMA table_list",
  "SELECT * FROM a WHERE (org_id = ?",
  "SELECT * FROM orgs WHERE slug = ?",
];

describe("the org of a statement", () => {
  it.each(RESTRICTED)("is known in %s", (sql, expected) => {
    expect(orgParameters(sql)).toEqual(expected);
  });

  it.each(REFUSED)("is missing in %s", (sql) => {
    expect(() => orgParameters(sql)).toThrow();
  });

  it.each(RESTRICTED)("is missing as soon as it is taken out of any one place of %s", (sql) => {
    for (const place of sql.matchAll(/[\w."]*org_id"? = (?:[a-z.]*org_id|\?)/g)) {
      const [before, after] = [sql.slice(0, place.index), sql.slice((place.index ?? 0) + place[0].length)];
      if (!/do update/i.test(before)) expect(() => orgParameters(`${before}1 = 1${after}`)).toThrow();
    }
  });
});

import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import type { Env } from "#platform/env";

/** All that is stored anywhere, as texts: each row of a table, what an object holds, each file. By where it is. */
export async function everythingStored(env: Env): Promise<Map<string, string>> {
  const objects = await Promise.all(namespacesOf(env).map(objectsOf));
  return new Map([...(await rowsIn(env.DB)), ...objects.flat(), ...(await filesIn(env.FILES))]);
}

async function rowsIn(database: D1Database): Promise<[string, string][]> {
  const names = await tablesOf(database);
  const answers = await database.batch(names.map((name) => database.prepare(`SELECT * FROM "${name}"`)));
  return names.flatMap((name, at) =>
    (answers[at]?.results ?? []).map((row, n): [string, string] => [`D1 ${name} ${n}`, textOf(row)]),
  );
}

async function objectsOf([name, namespace]: [string, DurableObjectNamespace]): Promise<[string, string][]> {
  const ids = await listDurableObjectIds(namespace);
  return Promise.all(
    ids.map(async (id): Promise<[string, string]> => {
      const text = await runInDurableObject(namespace.get(id), (_object, state) => textOf(storedIn(state)));
      return [`${name} ${id}`, text];
    }),
  );
}

async function filesIn(bucket: R2Bucket): Promise<[string, string][]> {
  const { objects, truncated } = await bucket.list();
  if (truncated) throw new Error("more files than one page");
  return Promise.all(
    objects.map(async ({ key }): Promise<[string, string]> => {
      const bytes = await (await bucket.get(key))?.bytes();
      return [`R2 ${key}`, new TextDecoder("latin1").decode(bytes)];
    }),
  );
}

/** The namespaces of Durable Objects among the bindings, by their names. */
export function namespacesOf(env: Env): [string, DurableObjectNamespace][] {
  return Object.entries(env).filter((entry): entry is [string, DurableObjectNamespace] => {
    const [name, binding] = entry;
    return name !== "SANDBOX_CONTAINER" && binding?.constructor?.name === "DurableObjectNamespace";
  });
}

/** The tables of a D1 database without those of the platform. */
export async function tablesOf(database: D1Database): Promise<string[]> {
  const { results } = await database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
    )
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

function storedIn({ storage }: DurableObjectState): unknown {
  const tables = storage.sql
    .exec<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*'")
    .toArray();
  const rows = tables.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM "${name}"`).toArray()]);
  return [...rows, ...storage.kv.list()];
}

/** Bytes as the characters they are in Latin-1, so that a text in them can be found. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, one) => {
    const bytes = one instanceof ArrayBuffer ? new Uint8Array(one) : one;
    return ArrayBuffer.isView(bytes) ? new TextDecoder("latin1").decode(bytes as Uint8Array) : bytes;
  });
}

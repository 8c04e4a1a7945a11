/** What was asked of a database. */
export interface Asked {
  /** Requests to it; a batch is one. */
  requests: number;
  /** Requests that waited for one another: those that were under way at once count as one. */
  waits: number;
}

/** A database that counts what is asked of it from now on. */
export function countedDb(real: D1Database): { db: D1Database; asked: Asked } {
  const asked = { requests: 0, waits: 0 };
  let underWay = 0;
  const counted = async <T>(ask: () => Promise<T>): Promise<T> => {
    asked.requests += 1;
    if (underWay === 0) asked.waits += 1;
    underWay += 1;
    try {
      return await ask();
    } finally {
      underWay -= 1;
    }
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const watched = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name: keyof D1PreparedStatement) {
        if (name === "bind") return (...values: unknown[]) => watched(target.bind(...values));
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => counted(() => method.apply(target, args));
      },
    });
    originals.set(proxy, statement);
    return proxy;
  };
  const db = new Proxy(real, {
    get(target, name: keyof D1Database) {
      if (name === "prepare") return (query: string) => watched(target.prepare(query));
      if (name === "batch")
        return (statements: D1PreparedStatement[]) =>
          counted(() => target.batch(statements.map((one) => originals.get(one) ?? one)));
      return target[name];
    },
  });
  return { db, asked };
}

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { Alarms } from "./alarms.ts";
import { migrate } from "./migrate.ts";
import { Outbox } from "./outbox.ts";

const freshStub = () => testEnv.SANDBOX.get(testEnv.SANDBOX.newUniqueId());

describe("migrate", () => {
  it("runs each step once and keeps the order across calls", async () => {
    await runInDurableObject(freshStub(), (_object, state) => {
      const first = ["CREATE TABLE kit_a (n INTEGER)", "INSERT INTO kit_a VALUES (1)"];
      migrate(state.storage, first);
      migrate(state.storage, first);
      migrate(state.storage, [...first, (sql) => sql.exec("INSERT INTO kit_a VALUES (2)")]);
      expect(state.storage.sql.exec("SELECT n FROM kit_a ORDER BY n").toArray()).toEqual([{ n: 1 }, { n: 2 }]);
    });
  });

  it("leaves nothing of a step that fails", async () => {
    await runInDurableObject(freshStub(), (_object, state) => {
      const broken = [
        "CREATE TABLE kit_b (n INTEGER)",
        (sql: SqlStorage) => {
          sql.exec("INSERT INTO kit_b VALUES (1)");
          throw new Error("broken step");
        },
      ];
      expect(() => migrate(state.storage, broken)).toThrow("broken step");
      expect(state.storage.sql.exec("SELECT n FROM kit_b").toArray()).toEqual([]);
      migrate(state.storage, ["CREATE TABLE kit_b (n INTEGER)", "INSERT INTO kit_b VALUES (7)"]);
      expect(state.storage.sql.exec("SELECT n FROM kit_b").toArray()).toEqual([{ n: 7 }]);
    });
  });
});

describe("Alarms", () => {
  it("arms the slot for the earliest deadline and gives each due name once", async () => {
    const stub = freshStub();
    const far = Date.now() + 3_600_000;
    await runInDurableObject(stub, async (_object, state) => {
      const alarms = new Alarms(state.storage);
      alarms.set("late", far + 1000);
      alarms.set("soon", far);
      alarms.setEarlier("soon", far + 10);
      expect(await state.storage.getAlarm()).toBe(far);
      expect(alarms.due(far - 1)).toEqual([]);
      expect(alarms.due(far + 1000)).toEqual(["soon", "late"]);
      expect(alarms.due(far + 1000)).toEqual([]);
      expect(await state.storage.getAlarm()).toBeNull();
    });
  });

  it("keeps deadlines across an eviction", async () => {
    const stub = freshStub();
    const far = Date.now() + 3_600_000;
    await runInDurableObject(stub, (_object, state) => new Alarms(state.storage).set("kept", far));
    await evictDurableObject(stub);
    await runInDurableObject(stub, async (_object, state) => {
      const alarms = new Alarms(state.storage);
      expect(alarms.get("kept")).toBe(far);
      expect(await state.storage.getAlarm()).toBe(far);
      alarms.clear("kept");
      expect(await state.storage.getAlarm()).toBeNull();
    });
  });
});

describe("Outbox", () => {
  it("closes when what was begun is over, and begins nothing after it", async () => {
    await runInDurableObject(freshStub(), async (_object, state) => {
      state.storage.sql.exec("DROP TABLE IF EXISTS outbox");
      for (const statement of Outbox.SCHEMA.split(";")) state.storage.sql.exec(statement);
      const said: string[] = [];
      let woken = 0;
      const outbox = new Outbox<string>(state.storage.sql, {
        parse: (json) => JSON.parse(json),
        async perform(effect) {
          said.push(`${effect} begun`);
          await new Promise((resolve) => setTimeout(resolve, 30));
          said.push(`${effect} over`);
        },
        wakeAt: () => {
          woken += 1;
        },
        onFailure: () => undefined,
      });
      outbox.put("lane", "one");
      outbox.put("lane", "two");
      const draining = outbox.drain(Date.now);
      await outbox.close();
      expect(said).toEqual(["one begun", "one over"]);
      await Promise.all([draining, outbox.drain(Date.now)]);
      expect(said).toEqual(["one begun", "one over"]);
      expect(woken).toBe(0);
      expect(outbox.size).toBe(1);
    });
  });
});

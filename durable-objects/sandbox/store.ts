import type { SandboxBinding } from "#platform/rpc";
import type { SandboxStore } from "./context.ts";
import { sandboxBinding, sandboxRecord } from "./record.ts";

const KEY = "sandbox";

/** The record in a Durable Object's storage. The alarm is set only where its time changes. */
export function createStore(storage: DurableObjectStorage): SandboxStore {
  let armedFor: number | null = null;
  let erased = false;
  return {
    read: () => {
      const stored = storage.kv.get(KEY);
      return stored === undefined ? null : sandboxRecord.parse(stored);
    },
    write: (record) => {
      if (!erased) storage.kv.put(KEY, record);
    },
    arm: (at) => {
      if (at === armedFor || erased) return;
      armedFor = at;
      void (at === null ? storage.deleteAlarm() : storage.setAlarm(at));
    },
    fired: () => {
      armedFor = null;
    },
    erase: async () => {
      erased = true;
      await storage.deleteAlarm();
      await storage.deleteAll();
    },
  };
}

/** The binding of a header, or null where it is none. */
export function parseBinding(header: string | null): SandboxBinding | null {
  try {
    return sandboxBinding.safeParse(JSON.parse(header ?? "null")).data ?? null;
  } catch {
    return null;
  }
}

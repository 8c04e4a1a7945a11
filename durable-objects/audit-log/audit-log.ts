import type { AuditPolicy } from "#contract/audit";
import { LIMITS } from "#contract/limits";
import type { AuditAppend } from "#platform/rpc-audit";
import type { Alarms } from "../kit/alarms.ts";
import { type AuditStore, type Linked, link } from "./store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

interface Pending {
  entries: AuditAppend[];
  resolve(seqs: number[]): void;
  reject(error: unknown): void;
}

interface Options {
  storage: DurableObjectStorage;
  store: AuditStore;
  alarms: Alarms;
  now(): number;
}

/** One org's audit log: appends in groups, and forgets what its policy says. */
export class AuditLogObject {
  readonly store: AuditStore;
  readonly #options: Options;
  #pending: Pending[] = [];
  #writing = false;

  constructor(options: Options) {
    this.#options = options;
    this.store = options.store;
  }

  /**
   * Settles with the seqs once all of the entries are stored, or fails with none of them. What arrives while one group is
   * being written is the next group: one transaction, in the order it came. Beyond 1,000 that wait it fails at once.
   */
  append(entries: AuditAppend[]): Promise<number[]> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length >= LIMITS.appendsInFlight) return reject(new Error("too many appends wait"));
      this.#pending.push({ entries, resolve, reject });
      if (this.#writing) return;
      this.#writing = true;
      setTimeout(() => this.#writeAll(), 0);
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      try {
        const seqs = await this.#write(group.flatMap((one) => one.entries));
        for (const one of group) one.resolve(seqs.splice(0, one.entries.length));
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    this.#writing = false;
  }

  /** Nothing else writes entries, so that the place they are linked to is still the last when they are stored. */
  async #write(entries: AuditAppend[]): Promise<number[]> {
    const { storage, store } = this.#options;
    let last = store.head;
    const linked: Linked[] = [];
    const seqs: number[] = [];
    for (const { key = null, ...record } of entries) {
      const known = key === null ? null : (linked.find((one) => one.key === key)?.entry.seq ?? store.seqOf(key));
      if (known === null) {
        const next = await link(record, last, key);
        last = { seq: next.entry.seq, digest: next.digest };
        linked.push(next);
      }
      seqs.push(known ?? last.seq);
    }
    storage.transactionSync(() => store.write(linked));
    this.#armPrune();
    return seqs;
  }

  setPolicy({ retentionDays }: AuditPolicy): void {
    this.store.setRetentionDays(retentionDays);
    this.#options.alarms.clear("prune");
    this.#armPrune();
  }

  /** Removes what is too old by the policy. To be called from `alarm()`. */
  alarm(): void {
    const { storage, store, alarms, now } = this.#options;
    if (!alarms.due(now()).includes("prune")) return;
    const { retentionDays } = store;
    if (retentionDays > 0) storage.transactionSync(() => store.prune(now() - retentionDays * DAY_MS));
    this.#armPrune();
  }

  /** Prunes once a day at the most, and not before the oldest entry is due. */
  #armPrune(): void {
    const { store, alarms, now } = this.#options;
    if (store.retentionDays === 0 || alarms.get("prune") !== null) return;
    const oldest = store.oldestAt();
    if (oldest !== null) alarms.set("prune", Math.max(now() + 1000, oldest + store.retentionDays * DAY_MS + 1000));
  }
}

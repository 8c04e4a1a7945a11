import { DurableObject } from "cloudflare:workers";
import type { AuditPolicy, AuditQuery } from "#contract/audit";
import { fail, ok, type Result } from "#contract/problem";
import type { Env } from "#platform/env";
import { logEvent } from "#platform/log";
import type { LogRange } from "#platform/rpc";
import type { AuditAppend, AuditLogRpc } from "#platform/rpc-audit";
import { Alarms } from "../kit/alarms.ts";
import { migrate } from "../kit/migrate.ts";
import { AuditLogObject } from "./audit-log.ts";
import { MIGRATIONS } from "./migrations.ts";
import { AuditStore } from "./store.ts";

/** The Durable Object of one org's audit log, named by the org's id: a shell around `AuditLogObject`. */
export class AuditLog extends DurableObject<Env> implements AuditLogRpc {
  #object: AuditLogObject | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (AuditStore.exists(ctx.storage.sql)) this.#object = this.#open();
  }

  async append(orgId: string, entries: AuditAppend[]) {
    const opened = await this.#of(orgId);
    if (!opened.ok) return opened;
    return opened.value.append(entries).then(ok, (error: unknown) => {
      logEvent(this.env, "audit.failed", { orgId, entries: entries.length, error });
      return fail<number[]>("unavailable", "The audit log cannot be written. Try again.", { retryAfterS: 1 });
    });
  }

  async page(orgId: string, query: AuditQuery) {
    return this.#read(orgId, ({ store }) => store.page(query));
  }

  async extent(orgId: string) {
    return this.#read(orgId, ({ store }) => ({ checkpoint: store.checkpoint, head: store.head }));
  }

  async lines(orgId: string, range: LogRange) {
    return this.#read(orgId, ({ store }) => store.lines(range));
  }

  async policy(orgId: string) {
    return this.#read(orgId, ({ store }) => ({ retentionDays: store.retentionDays }));
  }

  async setPolicy(orgId: string, policy: AuditPolicy) {
    return this.#read(orgId, (object) => {
      object.setPolicy(policy);
      return policy;
    });
  }

  async erase(orgId: string): Promise<Result<null>> {
    return this.#read(orgId, () => {
      this.#object = null;
      void this.ctx.storage.deleteAlarm();
      void this.ctx.storage.deleteAll();
      return null;
    });
  }

  override async alarm(): Promise<void> {
    this.#object?.alarm();
  }

  async #read<T>(orgId: string, read: (object: AuditLogObject) => T): Promise<Result<T>> {
    const opened = await this.#of(orgId);
    return opened.ok ? ok(read(opened.value)) : opened;
  }

  /** The log of the org that first wrote or read it; to any other org it is not there. */
  async #of(orgId: string): Promise<Result<AuditLogObject>> {
    this.#object ??= this.#open();
    const object = this.#object;
    if (object.store.orgId === null) await object.store.begin(orgId);
    return object.store.orgId === orgId ? ok(object) : fail("not_found", "There is no such log.");
  }

  #open(): AuditLogObject {
    const { storage } = this.ctx;
    migrate(storage, MIGRATIONS);
    const store = new AuditStore(storage.sql);
    return new AuditLogObject({ storage, store, alarms: new Alarms(storage), now: Date.now });
  }
}

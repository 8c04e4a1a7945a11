import type { AuditCheckpoint, AuditPolicy, AuditQuery, AuditRecord, ChainedEntry } from "#contract/audit";
import type { Page } from "#contract/page";
import type { Result } from "#contract/problem";
import type { LogPage, LogRange } from "./rpc.ts";

/** An entry to store. A repeat of `key` stores nothing and answers the first one's seq. */
export type AuditAppend = AuditRecord & { key?: string };

/** The audit log object of an org (spec identity.md §6). Every method answers `not_found` to another org. */
export interface AuditLogRpc {
  /** Stores all of the entries, or none: then it is `unavailable`. */
  append(orgId: string, entries: AuditAppend[]): Promise<Result<number[]>>;
  /** Entries that fit, newest first. */
  page(orgId: string, query: AuditQuery): Promise<Result<Page<ChainedEntry>>>;
  /** Where the stored chain begins and ends. */
  extent(orgId: string): Promise<Result<{ checkpoint: AuditCheckpoint; head: AuditCheckpoint }>>;
  /** Stored lines of the export as JSON; a page has at least one while there are any. */
  lines(orgId: string, range: LogRange): Promise<Result<LogPage>>;
  policy(orgId: string): Promise<Result<AuditPolicy>>;
  setPolicy(orgId: string, policy: AuditPolicy): Promise<Result<AuditPolicy>>;
  /** Leaves nothing: for the purge of an org. */
  erase(orgId: string): Promise<Result<null>>;
}

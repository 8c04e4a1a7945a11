import type { TenantDb } from "#data/tenant-db";

/** A call with another org's ids. */
export interface Call {
  run(db: TenantDb): unknown;
  /** What it answers in an org that has nothing, or `refused` where the database does not take it. */
  nothing: unknown;
  /** It adds rows to its own org, whatever the ids. */
  adds?: true;
}

export const NOW = Date.parse("2026-11-15T12:00:00Z");

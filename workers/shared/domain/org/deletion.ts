/** For so long after its deletion was asked for an org can be had back. */
export const GRACE_MS = 30 * 24 * 60 * 60_000;

/** When an org whose deletion was asked for at this time will be gone, both in epoch milliseconds; null: it stays. */
export function purgedAt(deletingAt: number | null): number | null {
  return deletingAt === null ? null : deletingAt + GRACE_MS;
}

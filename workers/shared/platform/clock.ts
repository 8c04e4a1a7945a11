/** Milliseconds since the epoch as the ISO 8601 UTC text that JSON carries. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

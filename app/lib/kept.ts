/** What this browser keeps for this person: drafts, unsent messages, sizes. Storage may be full or refused. */
export function readKept<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(`quayside:${key}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keeps a value, or forgets it where it is null. */
export function writeKept(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`quayside:${key}`);
    else localStorage.setItem(`quayside:${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}

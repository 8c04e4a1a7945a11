/** Code that comes when it is first wanted, and whom to tell when it is there. */
export interface Later<T> {
  /** What came, or null while it is on the way. */
  get(): T | null;
  onLoaded(tell: () => void): () => void;
  load(): Promise<void>;
}

/** Brings `load`'s answer once, however often it is asked for. */
export function later<T>(load: () => Promise<T>): Later<T> {
  const waiting = new Set<() => void>();
  let value: T | null = null;
  return {
    get: () => value,
    onLoaded: (tell) => {
      waiting.add(tell);
      return () => waiting.delete(tell);
    },
    async load() {
      if (value !== null) return;
      value = await load();
      for (const tell of waiting) tell();
    },
  };
}

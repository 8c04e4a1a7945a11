const KEPT = 2_000;

/** A map over a table: reads load rows as they are asked for, writes are remembered until they are stored. */
export class EntityMap<T> extends Map<string, T> {
  readonly #load: (id: string) => T | undefined;
  readonly #dirty = new Set<string>();

  constructor(load: (id: string) => T | undefined) {
    super();
    this.#load = load;
  }

  override get(id: string): T | undefined {
    const known = super.get(id);
    if (known !== undefined) return known;
    const loaded = this.#load(id);
    if (loaded !== undefined) super.set(id, loaded);
    return loaded;
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  override set(id: string, value: T): this {
    this.#dirty.add(id);
    return super.set(id, value);
  }

  /** The entries written since the last call; the map keeps at most about two thousand rows in memory. */
  takeWritten(): T[] {
    const written = [...this.#dirty].map((id) => super.get(id)).filter((one) => one !== undefined);
    this.#dirty.clear();
    if (this.size > KEPT) this.clear();
    return written;
  }

  /** Forgets everything: the table is what counts, as after a rolled-back transaction. */
  forget(): void {
    this.#dirty.clear();
    this.clear();
  }
}

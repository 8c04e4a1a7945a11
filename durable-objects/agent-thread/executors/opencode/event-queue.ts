/** What the loop waits for: an event of the bus, its end, or that it is time to look again. */
export type Signal = { event: unknown } | "ended" | "look";

/** Events in order for one reader, who may also be woken by hand or by time. */
export class EventQueue {
  #events: unknown[] = [];
  #ended = false;
  #woken = false;
  #settle: (() => void) | null = null;

  push(event: unknown): void {
    this.#events.push(event);
    this.#settle?.();
  }

  end(): void {
    this.#ended = true;
    this.#settle?.();
  }

  wake(): void {
    this.#woken = true;
    this.#settle?.();
  }

  /** The next signal, `look` after `ms` without one. */
  async next(ms: number): Promise<Signal> {
    if (this.#isQuiet()) await this.#wait(ms);
    if (this.#events.length > 0) return { event: this.#events.shift() };
    if (this.#woken) {
      this.#woken = false;
      return "look";
    }
    return this.#ended ? "ended" : "look";
  }

  #isQuiet(): boolean {
    return this.#events.length === 0 && !this.#ended && !this.#woken;
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#settle = resolve;
    await promise;
    this.#settle = null;
    clearTimeout(timer);
  }
}

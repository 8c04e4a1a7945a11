/** Long-poll calls that wait for the next event; each is woken once, by an event or by its time. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Settles at the next `wake`, or after `waitMs`. */
  wait(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

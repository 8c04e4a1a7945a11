import { Journal } from "../../../durable-objects/conversation/journal.ts";

/** Makes every journal commit a submission at once: what comes in a turn of its own is a transaction of its own. */
export function commitAtOnce(): void {
  const { submit } = Journal.prototype;
  Journal.prototype.submit = function (by, task) {
    const settled = submit.call(this, by, task);
    this.flush();
    return settled as never;
  };
}

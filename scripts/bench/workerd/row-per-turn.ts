import { LiveTexts } from "../../../durable-objects/conversation/live-texts.ts";
import { commitAtOnce } from "./commit-at-once.ts";

/*
 * The product with its grouping off: an append is committed when it comes, and every piece of a growing text
 * is stored before anything else happens. Nothing else differs.
 */
commitAtOnce();

const { take } = LiveTexts.prototype;
LiveTexts.prototype.take = function (piece) {
  const taken = take.call(this, piece);
  this.store();
  this.flushFrames();
  return taken;
};

export * from "../../../workers/index.ts";
export { default } from "../../../workers/index.ts";

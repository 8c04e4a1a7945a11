import { LiveTexts } from "../../../durable-objects/conversation/live-texts.ts";

/*
 * The product with its growing texts stored before they are forwarded, a frame's worth at once: what viewers are sent
 * leaves the object only when what was written before it is on disk.
 */
const { flushFrames } = LiveTexts.prototype;
LiveTexts.prototype.flushFrames = function () {
  this.store();
  flushFrames.call(this);
};

export * from "../../../workers/index.ts";
export { default } from "../../../workers/index.ts";

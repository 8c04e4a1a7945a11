import type { Envelope } from "#contract/event";
import type { Bench } from "../harness/bench.ts";
import type { Variant } from "../serving/bundles.ts";
import { type NodeArmOptions, startNodeArm } from "../serving/node-arm.ts";
import { serveProduct } from "../serving/product.ts";
import { eventsAfter, lastSeq, type OpenRun, openRun } from "./run.ts";

/** A server that is asked in the product's own frames, whatever is behind it. */
export interface Target {
  /** A fresh conversation with an active run. */
  open(): Promise<OpenRun>;
  appendUrl(run: OpenRun): string;
  /** Where its report socket is. */
  reports: string;
  viewerUrl(run: OpenRun): string;
  /** The number of events it holds. */
  stored(run: OpenRun): Promise<number>;
  /** Its stored events after a seq; absent where the arm keeps none that could be compared. */
  events?(run: OpenRun, since: number): Promise<Envelope[]>;
  /** The process group whose writes to disk can be counted. */
  groupId(): number;
}

/** The product under workerd, with a silent agent thread. */
export async function productTarget(bench: Bench, variant: Variant): Promise<Target> {
  const product = await serveProduct(bench, { variant, silentThread: true });
  return {
    open: () => openRun(product),
    appendUrl: (run) => `${product.door}/usage?id=${run.id}`,
    reports: product.door,
    viewerUrl: (run) => `${product.origin.replace("http", "ws")}/api/conversations/${run.id}/socket`,
    stored: (run) => lastSeq(product, run.id),
    events: (run, since) => eventsAfter(product, run.id, since),
    groupId: () => product.groupId(),
  };
}

export async function nodeTarget(bench: Bench, options: NodeArmOptions): Promise<Target> {
  const arm = await startNodeArm(bench, options);
  return {
    open: () => arm.open(),
    appendUrl: (run) => `${arm.origin}/append?id=${run.id}`,
    reports: arm.origin,
    viewerUrl: (run) => `${arm.origin.replace("http", "ws")}/socket?id=${run.id}`,
    stored: (run) => arm.stored(run.id),
    groupId: () => arm.groupId,
  };
}

import { fillRun } from "../clients/fill.ts";
import { lastSeq } from "../clients/run.ts";
import { openViewer } from "../clients/viewer.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { type Product, serveProduct } from "../serving/product.ts";

const EVENTS = 2_000;
const MISSED = 5;
const NEWEST = 500;

export const resume: Measure = {
  name: "resume",
  what: `resume after missing ${MISSED} of ${EVENTS} events, bytes over the socket`,
  unit: "bytes",
  gates: [{ arm: "product", beside: "newest", by: "ratio", bound: { atMost: 3 }, unit: "%", guess: true }],
  async open(bench) {
    const product = await serveProduct(bench, { variant: "product", silentThread: true });
    const id = await fillRun(product, EVENTS);
    const arm = (name: string, label: string, missed: number) => ({
      name,
      label,
      run: () => reconnect(product, id, missed),
    });
    return {
      arms: [arm("product", "by cursor", MISSED), arm("newest", `the newest ${NEWEST}, whatever was read`, NEWEST)],
    };
  },
};

/** Everything that comes until the reader is up to date. */
async function reconnect(product: Product, id: string, missed: number): Promise<Sample> {
  const last = await lastSeq(product, id);
  const got: number[] = [];
  const startedMs = performance.now();
  let settle: () => void = () => undefined;
  const upToDate = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const url = `${product.origin.replace("http", "ws")}/api/conversations/${id}/socket?since=${last - missed}`;
  const viewer = await openViewer(url, (frame) => {
    if (frame.type !== "events") return;
    got.push(...frame.events.map((one) => one.seq));
    if (got.at(-1) === last) settle();
  });
  await upToDate;
  const tookMs = performance.now() - startedMs;
  const bytes = viewer.bytes();
  viewer.close();
  const wanted = Array.from({ length: missed }, (_, index) => last - missed + 1 + index);
  const same = got.join() === wanted.join();
  const faults = same ? [] : [`${missed} events were missed, ${got.length} came, or in another order`];
  return { value: bytes, also: { "time, ms": tookMs }, faults };
}

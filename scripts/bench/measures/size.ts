import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Bench } from "../harness/bench.ts";
import type { Measure, Sample } from "../harness/measure.ts";
import { bundleOf } from "../serving/bundles.ts";

export const size: Measure = {
  name: "size",
  what: "gzipped: entry JS + CSS of the web app; the Worker's bundle",
  unit: "KiB",
  rounds: 1,
  gates: [
    { arm: "entry", by: "value", bound: { atMost: 170 }, unit: "KiB" },
    { arm: "worker", by: "value", bound: { atMost: 700 }, unit: "KiB" },
  ],
  async open(bench) {
    const bundle = await bundleOf(bench, "product");
    return {
      arms: [
        { name: "entry", label: "entry JS + CSS", run: async () => entry(bench) },
        { name: "worker", label: "Worker bundle", run: async () => worker(bundle) },
      ],
    };
  },
};

/** As the test of the web app's build counts. */
function entry(bench: Bench): Sample {
  const script = join("scripts", "check-bundle.ts");
  const { stdout } = spawnSync(process.execPath, [script], { cwd: bench.options.root, encoding: "utf8" });
  const total = /([\d.]+) KiB {2}of/.exec(stdout)?.[1];
  return total === undefined
    ? { value: Number.NaN, faults: ["nothing was counted"] }
    : { value: Number(total), faults: [] };
}

function worker(bundle: string): Sample {
  return { value: gzipSync(readFileSync(join(bundle, "index.js"))).length / 1024, faults: [] };
}

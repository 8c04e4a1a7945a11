import { join } from "node:path";
import pc from "picocolors";
import { Sentence } from "../dev/sentence.ts";
import { MEASURES } from "./catalog.ts";
import { Bench } from "./harness/bench.ts";
import { machineOf } from "./harness/machine.ts";
import type { Measure } from "./harness/measure.ts";
import { type BenchOptions, HELP, readOptions } from "./harness/options.ts";
import { pinGenerator } from "./harness/processes.ts";
import { writeDocument, writeJson } from "./harness/record.ts";
import { type MeasureResult, runMeasure } from "./harness/rounds.ts";
import { passed, terminalText } from "./harness/table.ts";

const root = join(import.meta.dirname, "..", "..");
let bench: Bench | null = null;

async function end(status: number): Promise<never> {
  bench?.clearProgress();
  await bench?.end();
  process.exit(status);
}

/** The measures of these names; an unknown one is a `Sentence` that lists what there is. */
function chosen(names: string[]): readonly Measure[] {
  const unknown = names.find((name) => !MEASURES.some((one) => one.name === name));
  if (unknown === undefined) return names.length === 0 ? MEASURES : MEASURES.filter((one) => names.includes(one.name));
  throw new Sentence(`there is no measure "${unknown}". There are: ${MEASURES.map((one) => one.name).join(", ")}.`);
}

async function run(bench: Bench, measures: readonly Measure[]): Promise<MeasureResult[]> {
  const results: MeasureResult[] = [];
  for (const measure of measures) {
    const result = await runMeasure(bench, measure);
    await bench.endPrograms();
    bench.clearProgress();
    console.log(terminalText(result));
    results.push(result);
  }
  return results;
}

async function main(options: BenchOptions): Promise<number> {
  const measures = chosen(options.names);
  bench = new Bench(options);
  const machine = machineOf(options, pinGenerator());
  console.log(pc.dim(machine.join("\n")));
  const results = await run(bench, measures);
  const report = { at: new Date().toISOString(), machine, quick: options.quick, seed: options.seed, results };
  writeJson(options.json, report);
  if (options.write) writeDocument(options, report);
  const failed = results.filter((one) => !passed(one)).map((one) => one.name);
  console.log(pc.dim(`as JSON: ${options.json}`));
  if (failed.length > 0) console.log(pc.red(`did not hold: ${failed.join(", ")}`));
  return failed.length > 0 ? 1 : 0;
}

try {
  const options = readOptions(process.argv.slice(2), process.env, root);
  if (options === null) {
    console.log(HELP);
    process.exit(0);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(130));
  await end(await main(options));
} catch (error) {
  console.error(error instanceof Sentence ? `quayside: ${error.message}` : error);
  await end(error instanceof Sentence ? 2 : 1);
}

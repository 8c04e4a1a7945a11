import { loadavg } from "node:os";
import type { Bench } from "./bench.ts";
import { figure, judge, type Values, type Verdict } from "./gate.ts";
import type { Arm, Measure, Sample, Session } from "./measure.ts";
import { type Quiet, untilQuiet } from "./quiet.ts";
import { median, paired, rotated } from "./statistics.ts";

const ENOUGH_HEADROOM = 3;

export interface ArmResult {
  name: string;
  label: string;
  samples: (Sample | null)[];
}

export interface MeasureResult {
  name: string;
  what: string;
  unit: string;
  /** Why it was not measured, or null. */
  skipped: string | null;
  arms: ArmResult[];
  verdicts: Verdict[];
  faults: string[];
  remarks: string[];
  /** How busy the machine was before the arms of each round, and its load average. */
  rounds: (Quiet & { load: number })[];
}

/** Runs a measure's arms in paired rounds, each beginning in its turn, and judges its gates. */
export async function runMeasure(bench: Bench, measure: Measure): Promise<MeasureResult> {
  const { name, what, unit } = measure;
  const empty = { name, what, unit, skipped: null, arms: [], verdicts: [], faults: [], remarks: [], rounds: [] };
  const session = await tryTo(() => measure.open(bench));
  if (session instanceof Error) return { ...empty, faults: [`it could not begin: ${session.message}`] };
  if (typeof session === "string") return { ...empty, skipped: session };
  const count = measure.rounds ?? bench.options.rounds;
  const result: MeasureResult = { ...empty, arms: session.arms.map(emptyArm), remarks: [...(session.remarks ?? [])] };
  for (let round = 0; round < count; round += 1) {
    result.rounds.push({ busy: null, quiet: true, load: loadavg()[0] ?? 0 });
    await runRound({ bench, session, round, count }, result);
  }
  const values: Values = Object.fromEntries(
    result.arms.map((arm) => [arm.name, arm.samples.map((sample) => sample?.value ?? null)]),
  );
  result.verdicts = measure.gates.map((gate) => judge(gate, values));
  result.remarks.push(...headroomOf(values));
  return result;
}

/** How much more the generator can ask than the product takes: with less than three times, it may be what is measured. */
function headroomOf(values: Values): string[] {
  const idle = values["no-op"];
  if (!idle) return [];
  const times = median(paired(idle, values.product ?? [], (a, b) => a / b));
  const verdict = times >= ENOUGH_HEADROOM ? "" : ": too little, so the product's figure may be the generator's";
  return [`The generator can ask ${figure(times)} times what the product takes${verdict}.`];
}

interface Round {
  bench: Bench;
  session: Session;
  round: number;
  count: number;
}

async function runRound({ bench, session, round, count }: Round, result: MeasureResult): Promise<void> {
  for (const arm of rotated(session.arms, round)) {
    note(result.rounds[round], await untilQuiet(bench));
    bench.progress(`${result.name}: round ${round + 1} of ${count}, ${arm.label}`);
    const sample = await tryTo(() => arm.run());
    const broke = sample instanceof Error;
    result.arms.find((one) => one.name === arm.name)?.samples.push(broke ? null : sample);
    const faults = broke ? [`broke: ${sample.message}`] : sample.faults;
    result.faults.push(...faults.map((fault) => `round ${round + 1}, ${arm.label}: ${fault}`));
  }
}

/** A round was as quiet as the least quiet of its arms. */
function note(round: Quiet | undefined, { busy, quiet }: Quiet): void {
  if (!round) return;
  round.quiet &&= quiet;
  if (busy !== null) round.busy = Math.max(round.busy ?? 0, busy);
}

/** An arm that breaks is a fault of its round, and a measure that cannot begin its own: not the end of the bench. */
async function tryTo<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function emptyArm({ name, label }: Arm): ArmResult {
  return { name, label, samples: [] };
}

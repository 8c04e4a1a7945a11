import pc from "picocolors";
import { boundText, figure, missText, spreadText, type Verdict } from "./gate.ts";
import type { ArmResult, MeasureResult } from "./rounds.ts";
import { median, spreadOf } from "./statistics.ts";

/** Whether nothing of a measure failed: its gates held and nothing was lost. A skipped one did not fail. */
export function passed(result: MeasureResult): boolean {
  return result.skipped !== null || (result.faults.length === 0 && result.verdicts.every((one) => one.held));
}

/** What people read when a measure is over. */
export function terminalText(result: MeasureResult): string {
  const title = `${pc.bold(result.name)} ${pc.dim(result.what)}`;
  if (result.skipped !== null) return `${pc.yellow("–")} ${title}\n    not measured: ${result.skipped}`;
  const mark = passed(result) ? pc.green("✓") : pc.red("✗");
  const arms = result.arms.map((arm) => `    ${arm.label.padEnd(48)} ${medianOf(arm, result.unit)}${alsoOf(arm)}`);
  const gates = result.verdicts.map((one) => `    ${labelOf(one, result)}: ${verdictText(one)}`);
  const noisy = result.rounds.filter((one) => !one.quiet).length;
  const notes = [
    ...(noisy > 0 ? [`${noisy} of ${result.rounds.length} rounds on a busy machine`] : []),
    ...result.remarks,
  ];
  return [
    `${mark} ${title}`,
    ...arms,
    ...gates,
    ...notes.map((note) => pc.dim(`    ${note}`)),
    ...result.faults.slice(0, 10).map((fault) => pc.red(`    ${fault}`)),
  ].join("\n");
}

function verdictText(verdict: Verdict): string {
  const text = `${spreadText(verdict.spread, verdict.gate.unit)}, gate ${gateText(verdict)}`;
  const miss = missText(verdict);
  return miss === null ? pc.green(text) : pc.red(`${text}: ${miss}`);
}

function gateText({ gate }: Verdict): string {
  return `${boundText(gate)}${gate.guess ? " †" : ""}`;
}

function labelOf({ gate }: Verdict, result: MeasureResult): string {
  const label = (name: string) => result.arms.find((arm) => arm.name === name)?.label ?? name;
  if (gate.beside === undefined) return label(gate.arm);
  const sign = { value: "", ratio: "÷", inverse: "faster than", difference: "over" }[gate.by];
  return gate.by === "inverse"
    ? `${label(gate.arm)} against ${label(gate.beside)}`
    : `${label(gate.arm)} ${sign} ${label(gate.beside)}`;
}

function medianOf(arm: ArmResult, unit: string): string {
  return spreadText(spreadOf(valuesOf(arm)), unit);
}

function valuesOf(arm: ArmResult): number[] {
  return arm.samples.flatMap((one) => (one === null ? [] : [one.value]));
}

function alsoOf(arm: ArmResult): string {
  const names = new Set(arm.samples.flatMap((one) => Object.keys(one?.also ?? {})));
  const texts = [...names].map((name) => {
    const values = arm.samples.flatMap((one) => one?.also?.[name] ?? []);
    return `${name}: ${figure(median(values))}`;
  });
  return texts.length === 0 ? "" : pc.dim(`  (${texts.join("; ")})`);
}

/** The rows of docs/performance.md. */
export function markdownTable(results: readonly MeasureResult[]): string {
  const rows = results.map((one) => `| ${[one.name, ...cellsOf(one)].join(" | ")} |`);
  return [
    "| name | measured | arms: median [lowest–highest] | paired ratio and gate | holds |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function cellsOf(result: MeasureResult): string[] {
  if (result.skipped !== null) return [result.what, "", `not measured: ${result.skipped}`, "–"];
  const arms = result.arms.map((arm) => `${arm.label}: ${medianOf(arm, result.unit)}${plainAlso(arm)}`);
  const gates = result.verdicts.map((one) => {
    const miss = missText(one);
    const text = `${labelOf(one, result)}: **${spreadText(one.spread, one.gate.unit)}**, gate ${gateText(one)}`;
    return miss === null ? text : `${text}, ${miss}`;
  });
  const faults = result.faults.length > 0 ? [`${result.faults.length} faults, the first: ${result.faults[0]}`] : [];
  const holds = passed(result) ? "yes" : "**no**";
  return [result.what, arms.join("<br>"), [...gates, ...faults].join("<br>"), holds].map(escaped);
}

function plainAlso(arm: ArmResult): string {
  const text = alsoOf(arm);
  return text.replace(/\p{Cc}\[\d+m/gu, "");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Puts a text between the two marks of a document, which must both be there. */
export function between(document: string, mark: string, text: string): string {
  const [begins, ends] = [`<!-- ${mark} begins -->`, `<!-- ${mark} ends -->`];
  const [from, to] = [document.indexOf(begins), document.indexOf(ends)];
  if (from < 0 || to < from) throw new Error(`the document has no place for ${mark}`);
  return `${document.slice(0, from + begins.length)}\n\n${text}\n\n${document.slice(to)}`;
}

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BenchOptions } from "./options.ts";
import type { MeasureResult } from "./rounds.ts";
import { between, markdownTable } from "./table.ts";

export interface BenchReport {
  at: string;
  machine: string[];
  quick: boolean;
  seed: number;
  results: MeasureResult[];
}

export function writeJson(path: string, report: BenchReport): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

/** Puts machine and table into docs/performance.md, between its marks. */
export function writeDocument(options: BenchOptions, report: BenchReport): void {
  const path = join(options.root, "docs", "performance.md");
  const machine = [`Measured ${report.at.slice(0, 10)}.`, ...report.machine].map((line) => `- ${line}`).join("\n");
  const document = between(readFileSync(path, "utf8"), "machine", machine);
  writeFileSync(path, between(document, "results", markdownTable(report.results)));
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import pc from "picocolors";
import { ensureAppBuild } from "../dev/setup.ts";

const root = join(import.meta.dirname, "..", "..");
const chromium = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

interface Part {
  name: string;
  run(): Promise<boolean> | boolean;
}

/** Runs a tool of the project with its output shown. */
function tool(argv: string[], env: Record<string, string> = {}): boolean {
  const [program = "", ...args] = argv;
  const path = program === "node" ? process.execPath : join(root, "node_modules", ".bin", program);
  return spawnSync(path, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } }).status === 0;
}

const reports = mkdtempSync(join(tmpdir(), "quayside-tests-"));
const failedTests: string[] = [];

/** What vitest's reporter `json` writes, as far as it is read here. */
interface TestReport {
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

function failuresIn(report: string): string[] {
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as TestReport;
  return testResults
    .filter((file) => file.status === "failed")
    .flatMap((file) => {
      const titles = file.assertionResults.filter((one) => one.status === "failed").map((one) => one.fullName);
      const shown = titles.length > 0 ? titles : ["could not be run"];
      return shown.map((title) => `${relative(root, file.name)}: ${title}`);
    });
}

/** Runs the tests of a vitest project, and remembers the failed ones: the last lines of a long log are what people see. */
function tests(project: string, env: Record<string, string> = {}): boolean {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const passed = tool(["vitest", "run", "--project", project, ...reporters], env);
  if (!passed && existsSync(report)) failedTests.push(...failuresIn(report));
  return passed;
}

const PROGRAMS = ["tsconfig.workers.json", "tsconfig.workers-tests.json", "tsconfig.node.json", "app/tsconfig.json"];

const parts: Part[] = [
  {
    name: "types",
    run: () => PROGRAMS.every((one) => tool(["tsc", "-p", one])),
  },
  { name: "lint and format", run: () => tool(["biome", "check", "--error-on-warnings", "."]) },
  {
    name: "web app build and its size",
    run: async () => {
      await ensureAppBuild(root);
      return tool(["node", "scripts/check-bundle.ts"]);
    },
  },
  { name: "architecture, unit, property and contract tests", run: () => tests("node") },
  { name: "workerd tests", run: () => tests("workerd") },
  {
    name: "deployment configuration and the Worker's size",
    run: async () => {
      await ensureAppBuild(root);
      const dryRun = ["wrangler", "deploy", "--dry-run", "--containers-rollout=none", "--outdir", "dist", "--metafile"];
      const deployable = tool(dryRun, { CI: "true", WRANGLER_SEND_METRICS: "false" });
      return deployable && tool(["node", "scripts/check-worker.ts"]);
    },
  },
  {
    name: "browser journeys",
    run() {
      if (existsSync(chromium)) return tests("browser", { CHROMIUM_PATH: chromium });
      console.log(pc.yellow(`skipped: no Chromium at ${chromium}; install Debian's chromium or set CHROMIUM_PATH`));
      return true;
    },
  },
];

/** All parts run even where one fails, unless names are given: then those whose name holds one of them. */
const wanted = process.argv.slice(2);
const chosen = parts.filter((part) => wanted.length === 0 || wanted.some((word) => part.name.includes(word)));
const failed: string[] = [];
for (const part of chosen) {
  console.log(pc.bold(`\n▶ ${part.name}`));
  const startedMs = performance.now();
  if (!(await part.run())) failed.push(part.name);
  console.log(pc.dim(`${part.name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`));
}
rmSync(reports, { recursive: true, force: true });
for (const one of failedTests) console.log(pc.red(`✗ ${one}`));
if (failed.length > 0) console.log(pc.red(`\nfailed: ${failed.join("; ")}`));
console.log(`\n${chosen.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);

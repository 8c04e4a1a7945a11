import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Sentence } from "../../dev/sentence.ts";

export interface BenchOptions {
  root: string;
  state: string;
  names: string[];
  rounds: number;
  /** Small and few: to see that everything works, not to learn a figure. */
  quick: boolean;
  /** Where the result goes as JSON. */
  json: string;
  /** Writes the table into docs/performance.md. */
  write: boolean;
  /** How long the whole run may wait for a quiet machine. */
  patienceMs: number;
  /** Of the random kills. */
  seed: number;
}

export const HELP = `npm run bench [-- names and options]

  names           measures to run; all of them where none is named
  --rounds=N      paired rounds of each (5)
  --quick         few and short rounds: to see that it works, not to learn a figure
  --json=FILE     where the result goes (in the state directory)
  --patience=S    seconds that the whole run may wait for a quiet machine (600; none with --quick)
  --write         put the table of every measure into docs/performance.md
  --seed=N        of the random kills
  --help          show this
`;

/** The options of `npm run bench`; null asks for the help text. A wrong one is a `Sentence`. */
export function readOptions(argv: string[], env: NodeJS.ProcessEnv, root: string): BenchOptions | null {
  const { values, positionals } = parse(argv);
  if (values.help) return null;
  refuseHalfTable(values.write ?? false, positionals);
  const quick = values.quick ?? false;
  const usual = quick ? { rounds: "2", patience: "0" } : { rounds: "5", patience: "600" };
  const state = resolve(root, env.QUAYSIDE_STATE ?? ".quayside");
  return {
    root,
    state,
    names: positionals,
    rounds: whole("rounds", values.rounds ?? usual.rounds),
    quick,
    json: values.json === undefined ? join(state, "bench", "latest.json") : resolve(root, values.json),
    write: values.write ?? false,
    patienceMs: secondsOf(values.patience ?? usual.patience) * 1_000,
    seed: whole("seed", values.seed ?? String(1 + Math.floor(Math.random() * 1_000_000))),
  };
}

function refuseHalfTable(write: boolean, names: string[]): void {
  if (write && names.length > 0)
    throw new Sentence("--write puts a table of every measure into the page: name none of them.");
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const options = { rounds: text, quick: flag, json: text, patience: text, write: flag, seed: text, help: flag };
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Sentence(`${(error as Error).message.split("\n")[0]} See npm run bench -- --help.`);
  }
}

function secondsOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Sentence(`--patience must be a number of seconds, not "${text}".`);
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Sentence(`--${name} must be a whole number from 1 on, not "${text}".`);
}

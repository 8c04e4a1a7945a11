import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { importMasterKeys, type MasterKeys } from "#platform/sealing";
import { Sentence } from "./dev/sentence.ts";
import { d1 } from "./rotate-keys/d1.ts";
import { rotate } from "./rotate-keys/rotate.ts";

const root = join(import.meta.dirname, "..");
const HELP = `npm run rotate-keys [-- --remote]

Seals again with SECRETS_KEY what SECRETS_KEY_PREVIOUS sealed. Both are taken from the environment, or from .dev.vars for the
local database. It may run while Quayside serves, and again where it was interrupted.

  --remote        the deployed database; without it the local one in QUAYSIDE_STATE (.quayside)
`;

async function main(): Promise<number> {
  const { remote, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const keys = await readKeys(remote);
  const state = resolve(root, process.env.QUAYSIDE_STATE ?? ".quayside");
  const execute = d1(root, remote ? "remote" : { state });
  let shown = 0;
  const done = await rotate(execute, keys, (count) => {
    if (count > shown) console.log(`${count} re-wrapped`);
    shown = count;
  });
  if (done.foreign > 0) console.log(`${done.foreign} are sealed with neither of the two keys, and stay as they are.`);
  if (done.broken.length > 0) {
    console.error(`${done.broken.length} do not open with SECRETS_KEY_PREVIOUS: ${done.broken.join(", ")}.`);
    return 1;
  }
  console.log(`Done: nothing needs SECRETS_KEY_PREVIOUS any more (${done.rewrapped} re-wrapped). Remove it.`);
  return 0;
}

function options(): { remote: boolean; help: boolean } {
  try {
    const { values } = parseArgs({ options: { remote: { type: "boolean" }, help: { type: "boolean" } } });
    return { remote: values.remote ?? false, help: values.help ?? false };
  } catch (error) {
    throw new Sentence(`${(error as Error).message.split("\n")[0]} See npm run rotate-keys -- --help.`);
  }
}

/** Both keys of a rotation. Those of `.dev.vars` are only for the local database. */
function readKeys(remote: boolean): Promise<MasterKeys> {
  const file = join(root, ".dev.vars");
  const vars = !remote && existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const [current, previous] = ["SECRETS_KEY", "SECRETS_KEY_PREVIOUS"].map((name) => {
    const value = process.env[name] ?? vars[name] ?? "";
    if (/^[A-Za-z0-9+/]{43}=$/.test(value)) return value;
    throw new Sentence(`${name} must be 32 bytes in base64, in the environment${remote ? "" : " or in .dev.vars"}.`);
  });
  if (!current || !previous || current === previous) throw new Sentence("The two keys must differ.");
  return importMasterKeys(current, previous);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Sentence)) throw error;
  console.error(`quayside: ${error.message}`);
  process.exitCode = 1;
}

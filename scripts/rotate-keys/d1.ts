import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { Sentence } from "../dev/sentence.ts";
import type { Execute } from "./rotate.ts";

const answers = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }));
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const SHOWN_CHARACTERS = 2_000;

/** Runs SQL through `wrangler d1 execute --json`: on a local state directory, or on the deployed database. */
export function d1(root: string, where: { state: string } | "remote"): Execute {
  const wrangler = join(root, "node_modules", ".bin", "wrangler");
  const at = where === "remote" ? ["--remote"] : ["--local", "--persist-to", join(where.state, "wrangler")];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  return async (sql) => {
    const argv = ["d1", "execute", "quayside", ...at, "--json", "--yes", "--command", sql];
    try {
      const { stdout } = await promisify(execFile)(wrangler, argv, { cwd: root, env, maxBuffer: MAX_ANSWER_BYTES });
      return answers.parse(JSON.parse(stdout)).at(-1)?.results ?? [];
    } catch (error) {
      throw new Sentence(`the database did not answer: ${saidBy(error)}`);
    }
  };
}

function saidBy(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message: string };
  return (stderr || stdout || message).trim().slice(0, SHOWN_CHARACTERS);
}

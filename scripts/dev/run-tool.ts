import { spawn } from "node:child_process";
import { join } from "node:path";
import { Sentence } from "./sentence.ts";

const SHOWN_LINES = 30;

/** Runs a tool of `node_modules/.bin` quietly; where it fails, its last lines are in the sentence. */
export function runTool(root: string, [tool = "", ...args]: string[], what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", NODE_ENV: "production" };
    const child = spawn(join(root, "node_modules", ".bin", tool), args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve(output);
      else reject(new Sentence(`${what} failed:\n${output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n")}`));
    });
  });
}

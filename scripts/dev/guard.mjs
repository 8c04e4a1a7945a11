/*
 * Runs a program in this process's group and ends the group when standard input closes, that is when whoever started the
 * guard is gone, however it went.
 */
import { spawn } from "node:child_process";

const [program, ...args] = process.argv.slice(2);
const child = spawn(program ?? "", args, { stdio: ["pipe", "inherit", "inherit"] });
child.on("exit", (code) => process.exit(code ?? 1));
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill("SIGTERM"));
process.stdin.on("close", () => process.kill(0, "SIGKILL"));
process.stdin.resume();

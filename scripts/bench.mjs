import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/bench/main.ts", process.argv.slice(2));

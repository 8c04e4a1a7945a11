import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/dev/main.ts", process.argv.slice(2));

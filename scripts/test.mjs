import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/test/main.ts", process.argv.slice(2));

import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/rotate-keys.ts", process.argv.slice(2));

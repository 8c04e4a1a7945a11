import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/test-fuzz.ts", process.argv.slice(2));

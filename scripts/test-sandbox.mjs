import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/test-sandbox.ts", process.argv.slice(2));

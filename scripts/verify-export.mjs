import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/verify-export.ts", process.argv.slice(2));

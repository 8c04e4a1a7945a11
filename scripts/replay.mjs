import { runUnderProjectNode } from "./bootstrap.mjs";

runUnderProjectNode("scripts/replay.ts", process.argv.slice(2));
